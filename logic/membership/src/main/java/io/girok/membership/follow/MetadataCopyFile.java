package io.girok.membership.follow;

import io.girok.base.Disk;
import io.girok.base.DiskFile;
import io.girok.metadata.MetadataListener.SnapshotWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A follower's copy of the metadata in one file. Used by one thread at a time.
///
/// ```
/// 0   magic "GMF1"   int32
/// 4   last offset    int64
/// 12  last epoch     int64
/// 20  content                 a snapshot of the image
/// n   CRC-32C        int32    of all before it
/// ```
///
/// A copy that is missing or damaged costs nothing but time: the voters have everything.
public final class MetadataCopyFile implements MetadataCopy {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataCopyFile.class);
    private static final int MAGIC = 0x474D4631;
    private static final int HEADER_BYTES = Integer.BYTES + 2 * Long.BYTES;
    private static final String DIRECTORY_NAME = "__cluster_metadata";
    private static final String NAME = "followed";

    private final Disk disk;
    private final Path firstLogDirectory;
    private final Path directory;
    private final Path file;

    public MetadataCopyFile(Disk disk, Path firstLogDirectory) {
        this.disk = disk;
        this.firstLogDirectory = firstLogDirectory;
        this.directory = firstLogDirectory.resolve(DIRECTORY_NAME);
        this.file = directory.resolve(NAME);
    }

    @Override
    public Optional<Kept> read() {
        if (!disk.exists(file)) {
            return Optional.empty();
        }
        try (DiskFile opened = disk.open(file, Disk.Access.READ)) {
            byte[] whole = new byte[Math.toIntExact(opened.size())];
            opened.read(ByteBuffer.wrap(whole), 0);
            return Optional.of(kept(whole));
        } catch (IOException e) {
            LOG.warn("the copy of the metadata in '{}' is not used, the voters are asked for all of it: {}", file,
                    e.getMessage());
            return Optional.empty();
        }
    }

    private Kept kept(byte[] whole) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(whole);
        int end = whole.length - Integer.BYTES;
        if (end < HEADER_BYTES || in.getInt(end) != crc(whole, end) || in.getInt() != MAGIC) {
            throw new IOException("its " + whole.length + " bytes fail their checksum");
        }
        return new Kept(in.getLong(), in.getLong(), new ByteArrayInputStream(whole, HEADER_BYTES, end - HEADER_BYTES));
    }

    @Override
    public void write(long lastOffset, long lastEpoch, SnapshotWriter content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(ByteBuffer.allocate(HEADER_BYTES).putInt(MAGIC).putLong(lastOffset).putLong(lastEpoch).array());
        content.writeTo(out);
        byte[] body = out.toByteArray();
        Path temporary = directory.resolve(NAME + ".tmp");
        if (!disk.isDirectory(directory)) {
            disk.createDirectories(directory);
            disk.syncDirectory(firstLogDirectory);
        }
        disk.delete(temporary);
        try (DiskFile written = disk.open(temporary, Disk.Access.CREATE)) {
            written.write(ByteBuffer.wrap(body), 0);
            written.write(ByteBuffer.allocate(Integer.BYTES).putInt(crc(body, body.length)).flip(), body.length);
            written.sync();
        }
        disk.rename(temporary, file);
        disk.syncDirectory(directory);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
