// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.figure;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.function.DoubleSupplier;
import org.apache.flink.api.common.accumulators.Accumulator;
import org.jspecify.annotations.Nullable;

/**
 * A value that is looked up whenever Flink sends it: in the task it is what the supplier says, everywhere else what it
 * was when it was sent. The simple name of the class is what the web UI shows as its type.
 */
abstract class Figure implements Accumulator<Double, Double> {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable DoubleSupplier now;
    private double sent;

    Figure(DoubleSupplier now) {
        this.now = now;
    }

    /** As sent. */
    Figure(double sent) {
        this.now = null;
        this.sent = sent;
    }

    /** What two subtasks have together. */
    abstract double together(double one, double other);

    @Override
    public Double getLocalValue() {
        return now == null ? sent : now.getAsDouble();
    }

    @Override
    public void merge(Accumulator<Double, Double> other) {
        sent = together(getLocalValue(), other.getLocalValue());
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        sent = getLocalValue();
        out.defaultWriteObject();
    }

    @Override
    public void add(Double value) {
        throw new UnsupportedOperationException("A figure is looked up, nothing is added to it");
    }

    @Override
    public void resetLocal() {
        throw new UnsupportedOperationException("A figure is looked up, it cannot be reset");
    }

    @Override
    public abstract Figure clone();
}
