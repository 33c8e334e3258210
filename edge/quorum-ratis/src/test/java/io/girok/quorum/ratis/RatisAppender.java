package io.girok.quorum.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.base.SystemClock;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.RecordingListener;
import io.girok.quorum.ratis.RatisSettings.SnapshotTrigger;
import java.nio.file.Path;
import java.util.List;

/// A process that appends without end and prints each offset once it is acknowledged; it is there to be killed.
public final class RatisAppender {
    private RatisAppender() {}

    public static void main(String[] arguments) {
        RecordingListener listener = new RecordingListener(() -> {});
        SnapshotTrigger often = new SnapshotTrigger(100, Long.MAX_VALUE, Long.MAX_VALUE);
        RatisMetadataLog log = new RatisMetadataLog(
                RatisSettings.alone(Path.of(arguments[0]), 1).withSnapshots(often), new SystemClock());
        log.start(listener);
        long epoch = listener.awaitLeadership();
        for (long offset = listener.records().size();; offset++) {
            var outcome = log.append(epoch, offset, List.of(Long.toString(offset).getBytes(UTF_8))).join();
            if (!(outcome instanceof Appended)) {
                throw new AssertionError(outcome);
            }
            System.out.println(offset);
        }
    }
}
