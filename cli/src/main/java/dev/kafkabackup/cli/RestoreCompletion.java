// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.restore.Restore;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.topicconfig.FinalizedTopic;
import java.time.Instant;
import java.util.List;

/** What comes when everything is produced: the report, and the original configuration if that is wanted. */
final class RestoreCompletion {

    private final Restore restore;
    private final boolean finalize;
    private final boolean json;

    /** @param finalize whether topics that the restore has created get their original configuration at once */
    RestoreCompletion(Restore restore, boolean finalize, boolean json) {
        this.restore = restore;
        this.finalize = finalize;
        this.json = json;
    }

    /** Checks that everything is there, and reports. */
    ExitCode finish(RestorePlan plan, Instant startedAt) {
        RestoreReportTable.print(restore.finish(plan, startedAt), json);
        if (!finalize) {
            return ExitCode.DONE;
        }
        List<FinalizedTopic> topics = restore.finalizeTargets(false);
        // one JSON document is what a program expects, and the report is in it
        FinalizationTable.print(topics, false, json ? line -> Terminal.note("%s", line) : Terminal::result);
        return exitCode(topics);
    }

    /** Gives the topics of a restore that was finished before their original configuration. */
    ExitCode finalizeTargets(boolean dryRun) {
        List<FinalizedTopic> topics = restore.finalizeTargets(dryRun);
        if (json) {
            Terminal.result(new FinalizationTable.Document(dryRun, topics));
        } else {
            FinalizationTable.print(topics, dryRun, Terminal::result);
        }
        return exitCode(topics);
    }

    private static ExitCode exitCode(List<FinalizedTopic> topics) {
        return topics.stream().anyMatch(FinalizedTopic::refused) ? ExitCode.REFUSED : ExitCode.DONE;
    }
}
