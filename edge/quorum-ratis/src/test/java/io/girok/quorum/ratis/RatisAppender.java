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
    static final int EXIT_ON_FATAL = 3;

    private RatisAppender() {}

    /// Arguments: the directory and, if they are not to be small, the size of the records.
    public static void main(String[] arguments) {
        String padding = arguments.length < 2 ? "" : " ".repeat(Integer.parseInt(arguments[1]));
        RecordingListener listener = new RecordingListener(() -> {}, () -> Runtime.getRuntime().halt(EXIT_ON_FATAL));
        SnapshotTrigger often = new SnapshotTrigger(100, Long.MAX_VALUE, Long.MAX_VALUE);
        RatisMetadataLog log = new RatisMetadataLog(
                RatisSettings.alone(Path.of(arguments[0]), 1).withSnapshots(often), new SystemClock());
        log.start(listener);
        long epoch = listener.awaitLeadership();
        for (long offset = listener.records().size();; offset++) {
            var outcome = log.append(epoch, offset, List.of((offset + padding).getBytes(UTF_8))).join();
            if (!(outcome instanceof Appended)) {
                System.err.println(outcome);
                return;
            }
            System.out.println(offset);
        }
    }
}
