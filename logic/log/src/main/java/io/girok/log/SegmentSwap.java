package io.girok.log;

import io.girok.base.Disk;
import io.girok.files.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// Puts a cleaned segment in the place of those it was made of. Owned by the partition's shard; only the syncs of the
/// directory run elsewhere.
///
/// ```
///            log and indexes                    old files           indexes            log
///   ...cleaned ─────────────▶ ...swap  sync  ───────────▶ ...deleted  ─────▶ in place  sync  ─────▶ in place  sync
///   undone by a start │ finished by a start (SwapRecovery)
/// ```
///
/// - The rename of the log to `.swap` decides; it comes after those of the indexes, all of which were synced before.
/// - The log's own rename into place comes last: as long as there is a `.log.swap`, a start knows what to do.
/// - No file gets another name while a flush is under way, which might open it by its old one.
final class SegmentSwap {
    private enum Step {
        COMMIT, RETIRE, PLACE, DONE;

        Step next() {
            return switch (this) {
                case COMMIT -> RETIRE;
                case RETIRE -> PLACE;
                case PLACE, DONE -> DONE;
            };
        }
    }

    private final CleanableLog log;
    private final SegmentRewrite rewrite;
    private final int index;
    private final Consumer<Boolean> onDone;
    private final Segments segments;
    private final Disk disk;
    private List<Path> retired = List.of();
    private Step step = Step.COMMIT;
    private boolean isSyncing;

    /// @param index of the first segment that is replaced
    SegmentSwap(CleanableLog log, SegmentRewrite rewrite, int index, Consumer<Boolean> onDone) {
        this.log = log;
        this.rewrite = rewrite;
        this.index = index;
        this.onDone = onDone;
        this.segments = log.segments();
        this.disk = segments.environment().disk();
    }

    /// Takes the next step, unless a sync or a flush is under way.
    void advance() {
        if (isSyncing || step == Step.DONE || !log.flushing().isIdle()) {
            return;
        }
        try {
            take();
        } catch (IOException e) {
            fail(e);
            return;
        }
        isSyncing = true;
        Step taken = step;
        segments.environment().blockingPool().execute(() -> sync(taken));
    }

    private void sync(Step taken) {
        try {
            disk.syncDirectory(segments.directory());
            log.store().shard().execute(() -> synced(taken));
        } catch (IOException e) {
            log.store().shard().execute(() -> fail(e));
        }
    }

    private void synced(Step taken) {
        if (taken == step && !log.isStopped()) {
            isSyncing = false;
            step = step.next();
            if (step == Step.DONE) {
                end();
            } else {
                advance();
            }
        }
    }

    /// Takes all steps that are left. Blocks.
    void settle() throws IOException {
        while (step != Step.DONE) {
            if (!isSyncing) {
                take();
            }
            disk.syncDirectory(segments.directory());
            isSyncing = false;
            step = step.next();
        }
        end();
    }

    private void take() throws IOException {
        Segment cleaned = rewrite.segment();
        List<LogFile> files = cleaned.files();
        switch (step) {
            case COMMIT -> {
                for (LogFile file : files.reversed()) {
                    file.renameIfThere(named(file, FileNames.SWAP));
                }
            }
            case RETIRE -> {
                retired = SegmentDeletion.rename(segmentsBefore(), disk);
                for (LogFile file : files.subList(1, files.size())) {
                    file.renameIfThere(named(file, ""));
                }
                segments.replace(index, rewrite.group().size(), cleaned);
            }
            case PLACE -> cleaned.log().rename(named(cleaned.log(), ""));
            case DONE -> {
            }
        }
    }

    private List<Segment> segmentsBefore() {
        return rewrite.group().stream().map(ClosedSegment::segment).toList();
    }

    /// The name of the file with `suffix` in the place of the one it has.
    private static Path named(LogFile file, String suffix) {
        String name = String.valueOf(file.path().getFileName());
        return file.path().resolveSibling(name.substring(0, name.lastIndexOf('.')) + suffix);
    }

    private void end() {
        log.home().discards().unlinkLater(retired, rewrite.plan().settings().retention().fileDeleteDelayMs());
        log.swapped();
        onDone.accept(true);
    }

    /// The log is closed: what is left to do is done by the next open.
    void cancel() {
        step = Step.DONE;
        onDone.accept(false);
    }

    private void fail(IOException e) {
        if (!log.isStopped() && step != Step.DONE) {
            log.store().failed(e);
            log.swapped();
            onDone.accept(false);
        }
    }
}
