// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterModelTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** 100 partitions of 1 MB/s each, half of it stored, for a day. */
    private static final ClusterModel SMALL =
            new ClusterModel(100, 100e6, Duration.ofDays(1), new ClusterModel.Coefficients(0.5, 6, 2, 4));

    @Test
    void eachPartitionPublishesOneSegmentInEachAge() {
        assertThat(SMALL.segmentsPerDay(MINUTE)).isEqualTo(100 * 1440);
        assertThat(SMALL.segmentBytes(MINUTE)).isEqualTo(30e6);
        assertThat(SMALL.segmentsPerDay(MINUTE) * SMALL.segmentBytes(MINUTE))
                .isCloseTo(SMALL.storedBytes(), within(1.0));
    }

    @Test
    void aStartListsEachPartitionAThousandObjectsAtATime() {
        // 4,320 GB are 85,831 objects, 859 in each partition
        assertThat(SMALL.mergedObjects()).isCloseTo(85_831, within(1.0));
        assertThat(SMALL.listingRequests()).isEqualTo(100);
        assertThat(SMALL.listingSeconds()).isCloseTo(100 * 0.1 / 32, within(1e-9));
    }

    @Test
    void thePageShowsWhatTheModelSays() throws IOException {
        assertThat(Files.readString(Path.of("..", "docs", "performance.md")))
                .contains(ClusterModel.LARGE.table(List.of(MINUTE, Duration.ofMinutes(5))));
    }
}
