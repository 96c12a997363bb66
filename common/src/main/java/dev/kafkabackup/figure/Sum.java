// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.figure;

import java.util.function.DoubleSupplier;

/** What all subtasks have together. */
final class Sum extends Figure {

    private static final long serialVersionUID = 1L;

    Sum(DoubleSupplier now) {
        super(now);
    }

    private Sum(double sent) {
        super(sent);
    }

    @Override
    double together(double one, double other) {
        return one + other;
    }

    @Override
    public Sum clone() {
        return new Sum(getLocalValue());
    }
}
