package io.girok.repair;

import io.girok.base.PartitionName;
import io.girok.files.DirectoryMarks;
import io.girok.files.FileNames;
import io.girok.journal.JournalEntry;
import io.girok.journal.JournalKey;
import io.girok.repair.PartitionInspection.SegmentState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What is to be done so that a broker starts on a damaged log directory, and what is left of it then. Immutable.
///
/// Of a log everything up to the last sound batch before the damage is kept. What follows is set aside: at the place of
/// the damage, because the records there are gone and the offsets after them cannot be given twice otherwise; or, if
/// whoever repairs would rather have a gap in the offsets than lose what comes after, only the damaged segment's tail.
///
/// @param partitions only those that something is done to
/// @param steps for the directory's own files; to be done last
/// @param unrepaired what is wrong and stays so
public record RepairPlan(Path directory, List<Partition> partitions, List<Step> steps, List<Damage> unrepaired) {
    /// One thing to do. Nothing is ever deleted.
    public sealed interface Step {
        /// The file goes to the directory of what is set aside.
        record SetAside(Path file, String why) implements Step {}

        /// What follows `position` goes there, and the file ends at `position`.
        record CutTail(Path file, long position, String why) implements Step {}

        /// The file is set aside, if it is there, and written anew.
        record Rewrite(Path file, List<String> lines, String why) implements Step {}

        /// What the journal holds of the log from `offset` on goes to the directory of what is set aside.
        record CutJournal(JournalKey log, long offset, List<JournalEntry> entries) implements Step {}
    }

    /// Offsets that are set aside.
    public record Lost(long from, long to) {}

    /// What becomes of a partition.
    ///
    /// @param keptFrom the first offset that is kept
    /// @param keptTo the offset after the last one that is kept
    public record Partition(PartitionName name, long keptFrom, long keptTo, List<Lost> lost, List<Step> steps) {}

    /// @param keepsLater whether segments after a damaged one stay, which leaves a gap in the offsets
    public static RepairPlan of(DirectoryInspection inspection, boolean keepsLater) {
        List<Partition> partitions = new ArrayList<>();
        List<Damage> unrepaired = new ArrayList<>();
        Checkpoints checkpoints = inspection.checkpoints();
        boolean areRecoveryPointsKnown = checkpoints.areRecoveryPointsKnown();
        Map<PartitionName, Long> recoveryPoints = new HashMap<>(checkpoints.recoveryPoints());
        for (PartitionInspection partition : inspection.partitions()) {
            PartitionRepair repair = new PartitionRepair(partition, keepsLater);
            boolean isDamaged = repair.isNeeded();
            if (isDamaged) {
                repair.cutJournal(inspection.journal());
                partitions.add(repair.plan());
            }
            if (isDamaged || !areRecoveryPointsKnown) {
                recoveryPoints.put(partition.name(), repair.recoveryPoint());
            }
            partition.damages().stream().filter(it -> !isRepaired(it)).forEach(unrepaired::add);
        }
        unrepaired.addAll(inspection.copies());
        boolean isNeeded = !partitions.isEmpty() || !checkpoints.damages().isEmpty();
        return new RepairPlan(inspection.directory(), partitions,
                isNeeded ? directorySteps(checkpoints, recoveryPoints, partitions) : List.of(), unrepaired);
    }

    /// What a producer wrote so stays, and so does what may have records that are nowhere else.
    private static boolean isRepaired(Damage damage) {
        return damage.kind() != Damage.Kind.RECORDS && damage.kind() != Damage.Kind.JOURNAL_COPY;
    }

    public boolean isEmpty() {
        return partitions.isEmpty() && steps.isEmpty();
    }

    private static List<Step> directorySteps(Checkpoints checkpoints, Map<PartitionName, Long> recoveryPoints,
            List<Partition> partitions) {
        List<Step> steps = new ArrayList<>();
        if (checkpoints.hasUnsaved()) {
            steps.add(new Step.SetAside(checkpoints.unsaved(), "so that the next start checks every log's end"));
        }
        if (checkpoints.isClean()) {
            steps.add(new Step.SetAside(checkpoints.cleanMark(), "so that the next start checks every log's end"));
        }
        Path directory = checkpoints.directory();
        steps.add(rewrite(checkpoints, DirectoryMarks.START_OFFSETS, checkpoints.startOffsets()));
        steps.add(rewrite(checkpoints, DirectoryMarks.HIGH_WATERMARKS, checkpoints.highWatermarks()));
        steps.add(rewrite(checkpoints, DirectoryMarks.RECOVERY_POINTS, recoveryPoints));
        if (checkpoints.hasCleaned() && partitions.stream().anyMatch(partition -> !partition.lost.isEmpty())) {
            // What takes the place of lost records is not clean. Without the file all is cleaned again.
            steps.add(new Step.SetAside(checkpoints.cleanedOffsets(), "speaks of records that are gone"));
        }
        if (checkpoints.hasLatest()) {
            steps.add(new Step.SetAside(directory.resolve(DirectoryMarks.LATEST), "is in the files that are written"));
        }
        return steps;
    }

    private static Step rewrite(Checkpoints checkpoints, String name, Map<PartitionName, Long> offsets) {
        Path file = checkpoints.directory().resolve(name);
        List<String> entries = new ArrayList<>();
        Map<PartitionName, Long> sorted = new TreeMap<>(
                Comparator.comparing(PartitionName::topic).thenComparingInt(PartitionName::index));
        sorted.putAll(offsets);
        sorted.forEach((partition, offset) -> entries.add(partition.topic() + " " + partition.index() + " " + offset));
        String why = checkpoints.damages()
                .stream()
                .filter(damage -> damage.file().equals(file))
                .findFirst()
                .map(Damage::what)
                .orElse("as is known, and so that the next start reads again what was repaired");
        return new Step.Rewrite(file, checkpoint(entries), why);
    }

    static List<String> checkpoint(List<String> entries) {
        List<String> lines = new ArrayList<>(List.of("0", Integer.toString(entries.size())));
        lines.addAll(entries);
        return lines;
    }

    /// Works one partition's plan out. Used by one thread.
    private static final class PartitionRepair {
        private final PartitionInspection partition;
        private final List<SegmentState> kept = new ArrayList<>();
        private final List<Lost> lost = new ArrayList<>();
        private final List<Step> steps = new ArrayList<>();
        private long firstRebuilt = Long.MAX_VALUE;

        PartitionRepair(PartitionInspection partition, boolean keepsLater) {
            this.partition = partition;
            boolean isCut = false;
            for (int index = 0; index < partition.segments().size(); index++) {
                isCut |= isCut ? setAside(partition.segments().get(index)) : keep(index, keepsLater);
            }
            long known = partition.checkpoints().recoveryPoints().getOrDefault(partition.name(), 0L);
            if (lost.isEmpty() && keptTo() < known) {
                lost.add(new Lost(keptTo(), known));
            }
            setAsideOthers();
        }

        /// It may go on after records that are gone, which is no log. The segments had all of it once.
        void cutJournal(Map<JournalKey, List<JournalEntry>> journal) {
            journal.forEach((key, entries) -> {
                List<JournalEntry> beyond = entries.stream()
                        .filter(entry -> !entry.isGap() && keptTo() < entry.endOffset())
                        .toList();
                if (key.name().equals(partition.name()) && !beyond.isEmpty() && !lost.isEmpty()) {
                    steps.add(new Step.CutJournal(key, keptTo(), beyond));
                    beyond.stream()
                            .filter(JournalEntry::isInCopy)
                            .forEach(entry -> setAside(entry.file(), "follows what is damaged"));
                }
            });
        }

        boolean isNeeded() {
            return partition.damages().stream().anyMatch(RepairPlan::isRepaired);
        }

        Partition plan() {
            return new Partition(partition.name(), kept.isEmpty() ? keptTo() : kept.getFirst().baseOffset(), keptTo(),
                    lost, steps);
        }

        /// Answers whether nothing that follows is kept.
        private boolean keep(int index, boolean keepsLater) {
            SegmentState segment = partition.segments().get(index);
            if (segment.isSound()) {
                kept.add(segment);
                setIndexesAside(segment);
                return false;
            }
            String why = segment.damages().getFirst().what();
            lost.add(new Lost(segment.soundEndOffset(), Math.max(segment.endOffset(), endAfter(index))));
            if (segment.soundBytes() == 0 && 0 < index) {
                allFiles(segment).forEach(file -> steps.add(new Step.SetAside(file, why)));
            } else {
                kept.add(segment);
                steps.add(new Step.CutTail(segment.file(), segment.soundBytes(), why));
                indexFiles(segment).forEach(file -> steps.add(new Step.SetAside(file, "rebuilt from the batches")));
                firstRebuilt = Math.min(firstRebuilt, segment.baseOffset());
            }
            return !keepsLater;
        }

        /// Where the segment of that index ended once, as far as anybody knows.
        private long endAfter(int index) {
            return index + 1 < partition.segments().size()
                    ? partition.segments().get(index + 1).baseOffset()
                    : partition.checkpoints().recoveryPoints().getOrDefault(partition.name(), 0L);
        }

        private boolean setAside(SegmentState segment) {
            allFiles(segment).forEach(file -> steps.add(new Step.SetAside(file, "follows what is damaged")));
            Lost last = lost.removeLast();
            lost.add(new Lost(last.from, Math.max(last.to, segment.endOffset())));
            return true;
        }

        private void setIndexesAside(SegmentState segment) {
            Set<Path> files = new LinkedHashSet<>();
            for (Damage damage : segment.damages()) {
                if (damage.kind() == Damage.Kind.INDEX && files.add(damage.file())) {
                    steps.add(new Step.SetAside(damage.file(), damage.what()));
                    firstRebuilt = Math.min(firstRebuilt, segment.baseOffset());
                }
            }
        }

        private void setAsideOthers() {
            boolean areEpochsDamaged = !lost.isEmpty();
            for (Damage damage : partition.otherDamages()) {
                switch (damage.kind()) {
                    case SNAPSHOT, PARTITION_METADATA -> setAside(damage.file(), damage.what());
                    case EPOCHS -> areEpochsDamaged = true;
                    // The directory's files are written anew with what is right for this partition.
                    case CHECKPOINT, BATCHES, INDEX, RECORDS, JOURNAL_COPY -> {
                    }
                }
            }
            setSnapshotsAside();
            if (areEpochsDamaged) {
                steps.add(new Step.Rewrite(partition.directory().resolve(FileNames.EPOCHS),
                        checkpoint(partition.epochs().lines(keptTo())), "as the batches say"));
            }
        }

        private void setAside(Path file, String why) {
            if (steps.stream().noneMatch(step -> step instanceof Step.SetAside(Path known, _) && known.equals(file))) {
                steps.add(new Step.SetAside(file, why));
            }
        }

        /// Those of offsets that are gone. Without any older one the producers' states are read from all batches.
        private void setSnapshotsAside() {
            boolean isOneLeft = false;
            for (long offset : partition.soundSnapshots()) {
                if (keptTo() < offset) {
                    setAside(partition.directory().resolve(FileNames.of(offset, FileNames.SNAPSHOT)),
                            "past the end of what is kept");
                }
                isOneLeft |= offset <= keptTo();
            }
            boolean wasOneThere = !partition.soundSnapshots().isEmpty()
                    || partition.otherDamages().stream().anyMatch(damage -> damage.kind() == Damage.Kind.SNAPSHOT);
            if (wasOneThere && !isOneLeft && !kept.isEmpty()) {
                firstRebuilt = kept.getFirst().baseOffset();
            }
        }

        private long keptTo() {
            return kept.isEmpty() ? partition.endOffset() : kept.getLast().soundEndOffset();
        }

        /// From where the next start reads: what was rebuilt, but nothing before a gap in the offsets, which a recovery
        /// would take for records that never reached the disk.
        long recoveryPoint() {
            long known = partition.checkpoints().recoveryPoints().getOrDefault(partition.name(), 0L);
            long gapless = partition.checkpoints().startOffset(partition.name());
            for (int index = kept.size() - 1; 0 <= index; index--) {
                gapless = kept.get(index).baseOffset();
                if (index == 0 || kept.get(index - 1).soundEndOffset() != gapless) {
                    break;
                }
            }
            long wanted = Math.min(known, firstRebuilt);
            return Math.min(Math.max(wanted, gapless), Math.max(keptTo(), gapless));
        }

        private List<Path> allFiles(SegmentState segment) {
            List<Path> files = new ArrayList<>(List.of(segment.file()));
            files.addAll(indexFiles(segment));
            return files;
        }

        private static List<Path> indexFiles(SegmentState segment) {
            return List.of(FileNames.OFFSET_INDEX, FileNames.TIME_INDEX, FileNames.TRANSACTION_INDEX)
                    .stream()
                    .map(ending -> segment.file().resolveSibling(FileNames.of(segment.baseOffset(), ending)))
                    .toList();
        }
    }
}
