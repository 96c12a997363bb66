// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets a test that names no limit wait a minute for its conditions, and not the ten seconds that are Awaitility's own:
 * a machine on which tests run side by side may need longer. JUnit finds it by itself, see
 * {@code junit-platform.properties}.
 */
public final class PatientWaiting implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    }
}
