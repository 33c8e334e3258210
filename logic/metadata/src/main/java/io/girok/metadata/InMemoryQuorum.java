package io.girok.metadata;

import io.girok.base.Invariant;
import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.MetadataLog.AppendOutcome.Unknown;
import io.girok.metadata.MetadataLog.Leadership;
import io.girok.metadata.MetadataLog.Reason;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The log that several [InMemoryMetadataLog]s share, in memory: what a cluster's consensus engine is to a simulation.
/// Thread-safe: what it is told runs as a task of its executor, which runs one task at a time; that alone owns the
/// state. With a deterministic executor, all of it is deterministic.
///
/// The voter with the lowest id leads as long as it is there; elections, lost answers and refusals come when they are
/// asked for ([#elect], [#plant]). Every node votes, until somebody changes who does. What is committed outlives every
/// node, so a node that closes and is made again stands for one that restarts.
public final class InMemoryQuorum {
    private static final int NOBODY = -1;

    private final Executor executor;
    private final NavigableMap<Integer, InMemoryMetadataLog> nodes = new TreeMap<>();
    private final Queue<AppendFault> faults = new ArrayDeque<>();
    private final List<Batch> batches = new ArrayList<>();
    private @Nullable Snapshot snapshot;
    /// Null for whoever is there.
    private @Nullable VoterSet voters;
    private volatile VoterSet published = VoterSet.EMPTY;
    private long nextOffset;
    private long epoch;
    private int leaderId = NOBODY;

    /// Records that were committed together.
    record Batch(long epoch, long firstOffset, List<byte[]> records) {
        long lastOffset() {
            return firstOffset + records.size() - 1;
        }
    }

    /// Everything up to `lastOffset`, as a listener wrote it.
    record Snapshot(long lastOffset, long epoch, ByteArrayOutputStream content) {}

    /// Who is to vote, instead of whom.
    record Proposal(VoterSet expected, VoterSet target) {}

    /// @param executor runs one task at a time, in the order they were given
    public InMemoryQuorum(Executor executor) {
        this.executor = executor;
    }

    /// Lets `fault` befall the next append that no other planted fault befalls.
    public void plant(AppendFault fault) {
        executor.execute(() -> faults.add(fault));
    }

    /// Makes `nodeId` the leader, in a new epoch; it must have started.
    public void elect(int nodeId) {
        executor.execute(() -> begin(nodeId));
    }

    /// Who leads, -1 for nobody. To be asked where the executor runs.
    public int leaderId() {
        return leaderId;
    }

    void join(InMemoryMetadataLog node) {
        executor.execute(() -> {
            Invariant.check(nodes.put(node.id(), node) == null, "node " + node.id() + " is there twice");
            published = present();
            if (snapshot != null) {
                node.deliverSnapshot(snapshot);
            }
            for (Batch batch : batches) {
                node.deliverBatch(batch);
            }
            if (leaderId == NOBODY && isVoter(node.id())) {
                begin(first());
            } else {
                node.hear(leadership(node));
            }
        });
    }

    private boolean isVoter(int nodeId) {
        return voters == null || voters.contains(nodeId);
    }

    /// The lowest voter that is there, or nobody.
    private int first() {
        return nodes.keySet().stream().filter(this::isVoter).findFirst().orElse(NOBODY);
    }

    void leave(InMemoryMetadataLog node) {
        executor.execute(() -> {
            boolean wasThere = nodes.remove(node.id(), node);
            published = present();
            if (wasThere && leaderId == node.id()) {
                leaderId = NOBODY;
                if (first() != NOBODY) {
                    begin(first());
                }
            }
        });
    }

    void append(InMemoryMetadataLog node, Batch batch, CompletableFuture<AppendOutcome> answer) {
        executor.execute(() -> {
            AppendOutcome outcome = nodes.get(node.id()) == node
                    ? takeWithFaults(node, batch)
                    : new Unknown("node " + node.id() + " has closed");
            node.deliver(() -> answer.complete(outcome));
        });
    }

    private AppendOutcome takeWithFaults(InMemoryMetadataLog node, Batch batch) {
        AppendFault fault = faults.poll();
        if (fault == null) {
            return take(node, batch);
        }
        return switch (fault) {
            case UNKNOWN_BUT_WRITTEN -> {
                take(node, batch);
                yield new Unknown("planted: written, but the answer is lost");
            }
            case UNKNOWN_AND_LOST -> new Unknown("planted: lost");
            case UNAVAILABLE -> new NotWritten(Reason.UNAVAILABLE, "planted: unavailable");
            case LEADERSHIP_LOST -> {
                begin(successor(node.id()));
                yield take(node, batch);
            }
        };
    }

    private AppendOutcome take(InMemoryMetadataLog node, Batch batch) {
        if (leaderId != node.id()) {
            return new NotWritten(Reason.NOT_LEADER, "node " + leaderId + " leads in epoch " + epoch);
        }
        AppendOutcome outcome = AcceptRule.judge(
                epoch, nextOffset, batch.epoch(), batch.firstOffset(), batch.records().size());
        if (outcome instanceof Appended) {
            batches.add(batch);
            nextOffset = batch.lastOffset() + 1;
            nodes.values().forEach(each -> each.deliverBatch(batch));
        }
        return outcome;
    }

    void barrier(InMemoryMetadataLog node, CompletableFuture<Long> answer) {
        executor.execute(() -> {
            long lastOffset = nextOffset - 1;
            node.deliver(() -> answer.complete(lastOffset));
        });
    }

    void resign(InMemoryMetadataLog node, long epochToEnd, CompletableFuture<@Nullable Void> answer) {
        executor.execute(() -> {
            if (leaderId == node.id() && epoch == epochToEnd) {
                begin(successor(node.id()));
            }
            node.deliver(() -> answer.complete(null));
        });
    }

    void changeVoters(InMemoryMetadataLog node, Proposal proposal, CompletableFuture<VoterChange> answer) {
        executor.execute(() -> {
            VoterChange change = decide(node, proposal);
            node.deliver(() -> answer.complete(change));
        });
    }

    private VoterChange decide(InMemoryMetadataLog node, Proposal proposal) {
        VoterSet present = present();
        VoterSet target = proposal.target();
        if (leaderId != node.id()) {
            return VoterChange.refused(VoterChange.Reason.NOT_LEADER, "node " + leaderId + " leads");
        }
        if (!present.ids().equals(proposal.expected().ids())) {
            return VoterChange.refused(VoterChange.Reason.OTHER_VOTERS,
                    "the voters are " + present.ids() + ", not " + proposal.expected().ids());
        }
        if (target.size() == 0) {
            return VoterChange.refused(VoterChange.Reason.INVALID, "somebody must vote");
        }
        if (!nodes.keySet().containsAll(target.without(present).ids())
                || target.ids().stream().filter(nodes::containsKey).count() < target.majority()) {
            return VoterChange.refused(VoterChange.Reason.UNREACHABLE,
                    "of the voters " + target.ids() + ", only " + nodes.keySet() + " are there");
        }
        voters = target;
        published = target;
        if (!target.contains(leaderId)) {
            begin(first());
        }
        return new VoterChange.Changed();
    }

    private VoterSet present() {
        return voters == null ? VoterSet.of(nodes.keySet().stream().map(Voter::of).toList()) : voters;
    }

    /// Who votes, as of the last change of voters or nodes. Safe for any thread.
    VoterSet voters() {
        return published;
    }

    void keep(Snapshot taken) {
        executor.execute(() -> {
            if (snapshot == null || snapshot.lastOffset() < taken.lastOffset()) {
                snapshot = taken;
                batches.removeIf(batch -> batch.lastOffset() <= taken.lastOffset());
            }
        });
    }

    /// Who is next after `nodeId`; itself when it is alone.
    private int successor(int nodeId) {
        return nodes.tailMap(nodeId, false).keySet().stream().filter(this::isVoter).findFirst().orElseGet(this::first);
    }

    private void begin(int newLeaderId) {
        Invariant.check(nodes.containsKey(newLeaderId), "node " + newLeaderId + " is not there to lead");
        leaderId = newLeaderId;
        epoch++;
        nodes.values().forEach(node -> node.hear(leadership(node)));
    }

    private Leadership leadership(InMemoryMetadataLog node) {
        return new Leadership(leaderId, epoch, node.id() == leaderId);
    }
}
