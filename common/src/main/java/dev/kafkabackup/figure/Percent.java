// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.figure;

import org.apache.flink.api.common.accumulators.Accumulator;

/** How much of something all subtasks have done: 0 to 100. */
final class Percent implements Accumulator<Double, Double> {

    private static final long serialVersionUID = 1L;

    private static final double ALL = 100;

    private final Sum done;
    private final Sum whole;

    Percent(Sum done, Sum whole) {
        this.done = done;
        this.whole = whole;
    }

    @Override
    public Double getLocalValue() {
        double all = whole.getLocalValue();
        return all == 0 ? ALL : ALL * done.getLocalValue() / all;
    }

    @Override
    public void merge(Accumulator<Double, Double> other) {
        if (!(other instanceof Percent percent)) {
            throw new IllegalArgumentException("A percentage cannot be merged with " + other.getClass());
        }
        done.merge(percent.done);
        whole.merge(percent.whole);
    }

    @Override
    public void add(Double value) {
        done.add(value);
    }

    @Override
    public void resetLocal() {
        done.resetLocal();
    }

    @Override
    public Percent clone() {
        return new Percent(done.clone(), whole.clone());
    }
}
