package io.girok.quorum.ratis;

import io.girok.metadata.MetadataListener.SnapshotWriter;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.stream.Stream;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;

/// Snapshots as files in Ratis' place and naming. Owned by the thread that applies the log.
///
/// | bytes | what |
/// |---|---|
/// | 4 | `GMS1` |
/// | 8 | offset of the last record covered |
/// | 8 | its epoch |
/// | n | what the listener wrote |
///
/// A snapshot counts once its file has its name; its digest is there before that, and the log before it is purged
/// only after that is on stable storage.
final class SnapshotFiles {
    private static final int MAGIC = 0x474D5331;

    private final SimpleStateMachineStorage storage;
    private volatile @Nullable Path installing;

    SnapshotFiles(SimpleStateMachineStorage storage) {
        this.storage = storage;
    }

    /// Which part of the metadata log a snapshot stands for.
    record Extent(long lastOffset, long epoch) {}

    /// Takes a snapshot's bytes, which begin with its extent.
    interface Reader {
        void read(Extent extent, DataInputStream in) throws Exception;
    }

    void write(TermIndex upTo, Extent extent, SnapshotWriter content) throws IOException {
        File file = storage.getSnapshotFile(upTo.getTerm(), upTo.getIndex());
        File temporary = new File(file.getPath() + ".tmp");
        MessageDigest digest = MD5FileUtil.newMD5();
        try {
            writeTo(temporary, digest, extent, content);
        } catch (IOException e) {
            Files.deleteIfExists(temporary.toPath());
            throw e;
        }
        MD5Hash hash = MD5Hash.newInstance(digest.digest());
        MD5FileUtil.saveMD5File(file, hash);
        Files.move(temporary.toPath(), file.toPath(), StandardCopyOption.ATOMIC_MOVE);
        RatisFiles.sync(file.toPath().resolveSibling("."));
        storage.updateLatestSnapshot(
                new SingleFileSnapshotInfo(new FileInfo(file.toPath(), hash), upTo.getTerm(), upTo.getIndex()));
    }

    private static void writeTo(File temporary, MessageDigest digest, Extent extent, SnapshotWriter content)
            throws IOException {
        try (FileOutputStream out = new FileOutputStream(temporary);
                DataOutputStream data = new DataOutputStream(
                        new DigestOutputStream(new BufferedOutputStream(out), digest))) {
            data.writeInt(MAGIC);
            data.writeLong(extent.lastOffset());
            data.writeLong(extent.epoch());
            content.writeTo(data);
            data.flush();
            out.getFD().sync();
        }
    }

    /// From here on this is where Ratis puts snapshots that come from a leader.
    void openIn(Path temporaryDirectory) {
        installing = temporaryDirectory;
    }

    /// Has what came from a leader on stable storage.
    void syncInstalled() throws IOException {
        Path directory = installing;
        if (directory == null || !Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path each : tree.toList()) {
                RatisFiles.sync(each);
            }
        }
    }

    void read(SingleFileSnapshotInfo snapshot, Reader reader) throws Exception {
        Path file = snapshot.getFile().getPath();
        MD5Hash expected = snapshot.getFile().getFileDigest();
        if (expected == null) {
            throw new IOException("the metadata snapshot '" + file + "' has no digest beside it");
        }
        MD5FileUtil.verifySavedMD5(file.toFile(), expected);
        try (DataInputStream in = new DataInputStream(
                new BufferedInputStream(new FileInputStream(file.toFile())))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("'" + file + "' is no metadata snapshot that this Girok can read");
            }
            reader.read(new Extent(in.readLong(), in.readLong()), in);
        }
    }
}
