package io.girok.quorum.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.girok.quorum.zookeeper.Ensemble.Outcome;
import io.girok.quorum.zookeeper.Ensemble.Znode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException.Code;

/// The begin of a cluster in an ensemble: its id and the znodes it lives in, made in one transaction by whoever comes
/// first. Immutable.
final class Foundation {
    private final Ensemble ensemble;
    private final Znodes znodes;
    private final long deadlineMs;

    Foundation(Ensemble ensemble, Znodes znodes, long deadlineMs) {
        this.ensemble = ensemble;
        this.znodes = znodes;
        this.deadlineMs = deadlineMs;
    }

    /// The id of the cluster that is there; or else `newId`, and the cluster is founded. Blocks.
    ///
    /// @throws IllegalStateException when neither can be, with what an operator can do
    String clusterId(Supplier<String> newId) throws IOException {
        Optional<String> found = find();
        if (found.isPresent()) {
            return found.get();
        }
        makeRoot();
        Outcome outcome = answer(ensemble.commit(List.of(
                ensemble.create(znodes.cluster(), newId.get().getBytes(UTF_8)),
                ensemble.create(znodes.epoch(), new byte[0]),
                ensemble.create(znodes.tail(), Tail.START.write()),
                ensemble.create(znodes.log(), new byte[0]),
                ensemble.create(znodes.first(), first(0)),
                ensemble.create(znodes.snapshot(), SnapshotPointer.NONE.write()),
                ensemble.create(znodes.snapshots(), new byte[0]),
                ensemble.create(znodes.barrier(), new byte[0]))));
        if (!outcome.isDone() && outcome.code() != Code.NODEEXISTS) {
            throw refused("the cluster's znodes cannot be made", outcome);
        }
        // Whoever was first: its id it is. What was made by another server may not be known here before a write.
        answer(ensemble.commit(List.of(ensemble.set(znodes.barrier(), new byte[0]))));
        return find().orElseThrow(() -> new IllegalStateException("the znodes below '" + znodes.root() + "/' of the "
                + "ensemble are not those of a cluster of Girok; set zookeeper.connect with a path of its own"));
    }

    private Optional<String> find() throws IOException {
        return answer(ensemble.read(znodes.cluster())).map(Znode::data).map(data -> new String(data, UTF_8));
    }

    private void makeRoot() throws IOException {
        List<String> paths = new ArrayList<>();
        String root = znodes.root();
        for (int slash = root.indexOf('/', 1); 0 < slash; slash = root.indexOf('/', slash + 1)) {
            paths.add(root.substring(0, slash));
        }
        if (!root.isEmpty()) {
            paths.add(root);
        }
        for (String path : paths) {
            if (answer(ensemble.read(path)).isEmpty()) {
                List<CuratorOp> creation = List.of(ensemble.create(path, new byte[0]));
                Outcome outcome = answer(ensemble.commit(creation));
                if (!outcome.isDone() && outcome.code() != Code.NODEEXISTS) {
                    throw refused("znode '" + path + "' cannot be made", outcome);
                }
            }
        }
    }

    private static IllegalStateException refused(String what, Outcome outcome) {
        return new IllegalStateException(what + ": the ensemble says " + outcome.code()
                + switch (outcome.code()) {
                    case NOAUTH -> "; this node may not write there";
                    case INVALIDACL -> "; zookeeper.set.acl needs an identity, by SASL, TLS or zookeeper.digest";
                    default -> "";
                });
    }

    /// The data of the znode that says where the entries begin.
    static byte[] first(long index) {
        return ZnodeText.write(Map.of("index", index));
    }

    private <T> T answer(CompletableFuture<T> future) throws IOException {
        return Ensemble.await(future, deadlineMs);
    }
}
