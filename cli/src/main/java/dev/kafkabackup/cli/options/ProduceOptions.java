// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.sink.ProduceSettings;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How a restore produces. */
public final class ProduceOptions {

    @Option(
            names = "--delivery",
            paramLabel = "exactly-once|at-least-once",
            converter = DeliveryConverter.class,
            description =
                    "With Kafka transactions, each record once; or without, where those are not allowed: after a failure some records may be there twice, otherwise target offsets equal the source's where the source has no holes. Default: exactly-once.")
    private Delivery delivery = Delivery.EXACTLY_ONCE;

    @Option(
            names = "--max-bytes-per-second",
            paramLabel = "SIZE",
            converter = BytesConverter.class,
            description =
                    "Produce no faster than this, counted over the whole restore and before compression: 50mb. Default: as fast as possible.")
    private @Nullable Long maxBytesPerSecond;

    /** What the options say. */
    public ProduceSettings settings() {
        return new ProduceSettings(delivery, maxBytesPerSecond);
    }

    private static final class DeliveryConverter implements ITypeConverter<Delivery> {

        @Override
        public Delivery convert(String text) {
            return Arrays.stream(Delivery.values())
                    .filter(delivery -> option(delivery).equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is not one of "
                            + Arrays.stream(Delivery.values())
                                    .map(DeliveryConverter::option)
                                    .collect(Collectors.joining(", "))));
        }

        private static String option(Delivery delivery) {
            return delivery.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final class BytesConverter implements ITypeConverter<Long> {

        @Override
        public Long convert(String text) {
            try {
                return MemorySize.parseBytes(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "' is not a size; write it like 50mb");
            }
        }
    }
}
