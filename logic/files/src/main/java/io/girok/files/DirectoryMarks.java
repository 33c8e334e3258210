package io.girok.files;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.base.FreeSpace;
import io.girok.base.PartitionName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The checkpoint files of a log directory: how far every partition in it has come. Thread-safe: any thread may write
/// them, one at a time, so that an older state never replaces a newer one.
///
/// The three files are Apache Kafka's and hold every partition, so they are written from time to time only. In between,
/// [#save] may add lines about a few partitions to a fourth, which counts more than they do and is emptied with their
/// next writing:
///
/// ```
/// <topic> <partition> <recovery point> <start offset> <high watermark> <CRC-32C of the line so far>
/// ```
public final class DirectoryMarks {
    public static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
    public static final String START_OFFSETS = "log-start-offset-checkpoint";
    public static final String HIGH_WATERMARKS = "replication-offset-checkpoint";

    public static final String LATEST = "girok-latest-offsets";

    private static final int LATEST_FIELDS = 6;
    private static final int MAX_LATEST_BYTES = 1024 * 1024;
    private static final int HEX = 16;
    /// Lines are shorter than the files when at most one in so many partitions has changed.
    private static final int MIN_SHARE = 8;

    private final Disk disk;
    private final Path directory;
    private final Map<PartitionName, Marks> marks = new ConcurrentHashMap<>();
    private final AtomicBoolean isChanged = new AtomicBoolean();
    /// Whether the files may speak of a partition that was removed; not before a writing under way has ended.
    private volatile boolean hasRemoved;
    private final CleanedOffsets cleaned;
    /// The length of the fourth file. Guarded by this.
    private long latestBytes;
    /// The partitions the recovery point file speaks of. Guarded by this.
    private final Set<PartitionName> written = new HashSet<>();

    private DirectoryMarks(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
        this.cleaned = new CleanedOffsets(disk, directory);
    }

    /// Of a directory that cannot be read.
    public static DirectoryMarks none(Disk disk, Path directory) {
        return new DirectoryMarks(disk, directory);
    }

    public static DirectoryMarks read(Disk disk, Path directory) throws IOException {
        DirectoryMarks read = new DirectoryMarks(disk, directory);
        Map<PartitionName, Long> recoveryPoints = read.readFile(RECOVERY_POINTS);
        Map<PartitionName, Long> startOffsets = read.readFile(START_OFFSETS);
        Map<PartitionName, Long> highWatermarks = read.readFile(HIGH_WATERMARKS);
        recoveryPoints.forEach(
                (name, recoveryPoint) -> read.put(
                        name,
                        new Marks(recoveryPoint, startOffsets.getOrDefault(name, 0L),
                                highWatermarks.getOrDefault(name, 0L))));
        read.readLatest();
        read.cleaned.read();
        read.written.addAll(read.marks.keySet());
        return read;
    }

    private void put(PartitionName name, Marks of) {
        of.onChange(() -> isChanged.set(true));
        marks.put(name, of);
    }

    /// A line of the fourth file.
    public record Latest(PartitionName name, long recoveryPoint, long startOffset, long highWatermark) {
        private String encode() {
            String fields = name.topic() + " " + name.index() + " " + recoveryPoint + " " + startOffset + " "
                    + highWatermark + " ";
            return fields + crc(fields) + "\n";
        }
    }

    /// The lines of the fourth file up to the first that is not whole: a crash may have torn the last.
    public static List<Latest> latest(Disk disk, Path directory) throws IOException {
        List<Latest> latest = new ArrayList<>();
        for (String line : TextFile.readLines(disk, directory.resolve(LATEST)).orElse(List.of())) {
            String[] fields = line.split(" ", -1);
            int end = line.lastIndexOf(' ') + 1;
            if (fields.length != LATEST_FIELDS || !crc(line.substring(0, end)).equals(fields[LATEST_FIELDS - 1])) {
                break;
            }
            PartitionName name = FileNames.partition(fields[0] + "-" + fields[1]).orElse(null);
            if (name != null) {
                latest.add(new Latest(name, Long.parseLong(fields[2]), Long.parseLong(fields[3]),
                        Long.parseLong(fields[4])));
            }
        }
        return latest;
    }

    private void readLatest() throws IOException {
        Path path = directory.resolve(LATEST);
        long size = disk.exists(path) ? disk.size(path) : 0;
        for (Latest line : latest(disk, directory)) {
            int length = line.encode().length();
            if (latestBytes + length <= size) {
                latestBytes += length;
                put(line.name, new Marks(line.recoveryPoint, line.startOffset, line.highWatermark));
            }
        }
        if (latestBytes < size) {
            // What would follow a torn line would not be found.
            try (DiskFile file = disk.open(path, Disk.Access.WRITE)) {
                file.truncate(latestBytes);
                file.sync();
            }
        }
        isChanged.compareAndSet(false, 0 < latestBytes);
    }

    private static String crc(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toString(crc.getValue(), HEX);
    }

    /// Saves how far these partitions have come, the shorter way.
    public void save(Collection<PartitionName> changed) throws IOException {
        if (marks.size() < MIN_SHARE * changed.size()) {
            write();
        } else {
            append(changed);
        }
    }

    private synchronized void append(Collection<PartitionName> changed) throws IOException {
        StringBuilder lines = new StringBuilder();
        IdentityHashMap<Marks, Long> recoveryPoints = new IdentityHashMap<>();
        for (PartitionName name : changed) {
            Marks of = marks.get(name);
            if (of != null) {
                long recoveryPoint = of.recoveryPoint();
                recoveryPoints.put(of, recoveryPoint);
                lines.append(new Latest(name, recoveryPoint, of.startOffset(), of.highWatermark())
                        .encode());
            }
        }
        byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
        if (MAX_LATEST_BYTES < latestBytes + bytes.length) {
            write();
            return;
        }
        try (DiskFile file = disk.open(directory.resolve(LATEST), Disk.Access.WRITE)) {
            file.write(ByteBuffer.wrap(bytes), latestBytes);
            file.sync();
        }
        if (latestBytes == 0) {
            disk.syncDirectory(directory);
        }
        latestBytes += bytes.length;
        written.addAll(changed);
        recoveryPoints.forEach(Marks::setCheckpointedRecoveryPoint);
    }

    private Map<PartitionName, Long> readFile(String file) throws IOException {
        Path path = directory.resolve(file);
        Map<PartitionName, Long> offsets = new HashMap<>();
        for (String[] fields : Checkpoint.read(disk, path, 3)) {
            long offset = Checkpoint.number(fields[2], path);
            PartitionName name = FileNames.partition(fields[0] + "-" + fields[1])
                    .orElseThrow(() -> new CorruptLog("checkpoint '" + path + "' names no partition: " + fields[0]));
            if (offset < 0 || offsets.put(name, offset) != null) {
                throw new CorruptLog("checkpoint '" + path + "' has a wrong offset for '" + name + "'");
            }
        }
        return offsets;
    }

    @Nullable
    public Marks find(PartitionName name) {
        return marks.get(name);
    }

    /// The partitions that something is known of.
    public Set<PartitionName> names() {
        return Set.copyOf(marks.keySet());
    }

    /// How far each compacted log is clean.
    public CleanedOffsets cleaned() {
        return cleaned;
    }

    /// Begins a log that was not here before. What the file says of an earlier one of that name must go first: it would
    /// vouch for records that nobody wrote yet.
    public void add(PartitionName name, Marks created) throws IOException {
        cleaned.lower(name, 0);
        synchronized (this) {
            marks.remove(name);
            if (written.contains(name)) {
                write();
            }
        }
        put(name, created);
        isChanged.set(true);
    }

    /// Before records below the recovery point are cut: the files must neither vouch for what takes their place nor
    /// hide it.
    public void lower(PartitionName name, Marks of, long offset) throws IOException {
        boolean isVouchedFor = offset < Math.max(of.checkpointedRecoveryPoint(), of.recoveryPoint())
                || offset < of.startOffset();
        of.setRecoveryPoint(Math.min(of.recoveryPoint(), offset));
        of.setStartOffset(Math.min(of.startOffset(), offset));
        cleaned.lower(name, offset);
        if (isVouchedFor && marks.get(name) == of) {
            write();
        }
    }

    public void remove(PartitionName name) {
        cleaned.remove(name);
        if (marks.remove(name) != null) {
            hasRemoved = true;
            isChanged.set(true);
        }
    }

    /// Writes the files, if they may speak of what was removed. What another thread is writing is durable afterwards.
    public synchronized void writeRemoved() throws IOException {
        if (hasRemoved) {
            write();
        }
    }

    /// Lets the files say nothing of these any more, so that none of them is missed once it is set aside. On a full
    /// disk a crash may show them as lost all the same.
    public void forget(Collection<PartitionName> names) throws IOException {
        names.forEach(this::remove);
        try {
            writeRemoved();
        } catch (IOException e) {
            if (!FreeSpace.isFull(e, disk, directory, 0)) {
                throw e;
            }
        }
    }

    /// Writes the files, unless they say all there is to say.
    public void writeIfChanged() throws IOException {
        if (isChanged.get()) {
            write();
        }
    }

    /// Writes all three files.
    public synchronized void write() throws IOException {
        isChanged.set(false);
        hasRemoved = false;
        try {
            writeFiles();
        } catch (IOException e) {
            isChanged.set(true);
            hasRemoved = true;
            throw e;
        }
    }

    private void writeFiles() throws IOException {
        List<String> recoveryPoints = new ArrayList<>(marks.size());
        List<String> startOffsets = new ArrayList<>();
        List<String> highWatermarks = new ArrayList<>(marks.size());
        Map<PartitionName, Long> writing = new HashMap<>();
        marks.forEach((name, of) -> {
            String prefix = name.topic() + " " + name.index() + " ";
            long recoveryPoint = of.recoveryPoint();
            writing.put(name, recoveryPoint);
            recoveryPoints.add(prefix + recoveryPoint);
            highWatermarks.add(prefix + of.highWatermark());
            if (0 < of.startOffset()) {
                startOffsets.add(prefix + of.startOffset());
            }
        });
        Checkpoint.write(disk, directory.resolve(START_OFFSETS), startOffsets);
        Checkpoint.write(disk, directory.resolve(HIGH_WATERMARKS), highWatermarks);
        Checkpoint.write(disk, directory.resolve(RECOVERY_POINTS), recoveryPoints);
        disk.syncDirectory(directory);
        // Only now: they say what its lines said.
        if (disk.delete(directory.resolve(LATEST))) {
            disk.syncDirectory(directory);
        }
        latestBytes = 0;
        written.clear();
        written.addAll(writing.keySet());
        writing.forEach((name, recoveryPoint) -> {
            Marks of = marks.get(name);
            if (of != null) {
                of.setCheckpointedRecoveryPoint(recoveryPoint);
            }
        });
    }
}
