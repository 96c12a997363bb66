// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

/** What a restore does when a part of the backup turns out to be damaged. */
public enum OnCorrupt {
    /** Ends before it produces anything that lies behind the damage. */
    STOP,
    /** Goes on with what can be read, and reports what is lost. */
    SKIP
}
