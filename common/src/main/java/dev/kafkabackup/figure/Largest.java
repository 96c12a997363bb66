// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.figure;

import java.util.function.DoubleSupplier;

/** The largest value of any subtask. */
final class Largest extends Figure {

    private static final long serialVersionUID = 1L;

    Largest(DoubleSupplier now) {
        super(now);
    }

    private Largest(double sent) {
        super(sent);
    }

    @Override
    double together(double one, double other) {
        return Math.max(one, other);
    }

    @Override
    public Largest clone() {
        return new Largest(getLocalValue());
    }
}
