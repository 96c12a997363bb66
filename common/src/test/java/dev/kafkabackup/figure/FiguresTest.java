// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.accumulators.Accumulator;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class FiguresTest {

    private final AtomicLong count = new AtomicLong(1);

    @Test
    void whatIsSentIsWhatTheTaskHasAtThatMoment() throws Exception {
        Sum figure = new Sum(count::get);
        count.set(3);
        Sum sent = sent(figure);
        count.set(5);

        assertThat(sent.getLocalValue()).isEqualTo(3);
        assertThat(figure.getLocalValue()).isEqualTo(5);
        assertThat(sent(figure).getLocalValue()).isEqualTo(5);
    }

    @Test
    void subtasksAreMergedByWhatTheFigureSays() throws Exception {
        assertThat(merged(new Sum(() -> 2), new Sum(() -> 3), new Sum(() -> 4))).isEqualTo(9);
        assertThat(merged(new Largest(() -> 2), new Largest(() -> 7), new Largest(() -> 4)))
                .isEqualTo(7);
        // a quarter of 8 and all of 2: not the mean of the percentages
        assertThat(merged(
                        new Percent(new Sum(() -> 2), new Sum(() -> 8)),
                        new Percent(new Sum(() -> 2), new Sum(() -> 2))))
                .isEqualTo(40);
        assertThat(merged(new Percent(new Sum(() -> 0), new Sum(() -> 0)))).isEqualTo(100);
    }

    @Test
    void growthIsWhatCameSinceTheLastLook() {
        AtomicLong nanos = new AtomicLong(77);
        Figures.Growth growth = new Figures.Growth(count::get, 10, nanos::get);

        count.set(201);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(4));
        assertThat(growth.getAsDouble()).isEqualTo(5);
        count.set(1_000);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(999));
        assertThat(growth.getAsDouble()).as("just looked").isEqualTo(5);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
        count.set(201);
        assertThat(growth.getAsDouble()).as("nothing came").isZero();
    }

    /** As Flink does it: clones the first one and merges the others into it. */
    @SafeVarargs
    private static double merged(Accumulator<Double, Double>... ofSubtasks) throws Exception {
        List<Accumulator<Double, Double>> sent = new ArrayList<>();
        for (Accumulator<Double, Double> figure : ofSubtasks) {
            sent.add(sent(figure));
        }
        Accumulator<Double, Double> all = sent.get(0).clone();
        sent.subList(1, sent.size()).forEach(all::merge);
        return all.getLocalValue();
    }

    private static <T> T sent(T figure) throws Exception {
        return InstantiationUtil.deserializeObject(
                InstantiationUtil.serializeObject(figure), FiguresTest.class.getClassLoader());
    }
}
