package io.girok.quorum.zookeeper;

import io.girok.metadata.Endpoint;
import io.girok.metadata.MetadataLog.Leadership;
import io.girok.quorum.zookeeper.Ensemble.Outcome;
import io.girok.quorum.zookeeper.Ensemble.Znode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who leads. Owned by the engine's thread; [#leadership] and [#endpointOf] may be asked by anyone.
final class Election {
    /*
     * Whoever makes the znode of the leader leads, and in the same transaction raises the epoch, so that there is no
     * moment at which one holds without the other. The znode is ephemeral: it goes with its maker's session. It only
     * elects; that a deposed leader changes nothing more is the epoch's doing.
     *
     *   looking --nobody leads--> claiming --granted--> catching up --all is delivered--> leading
     *      ^                         |                                                      |
     *      +-------somebody leads----+------------------resigned, deposed, session over-----+
     *
     * A leader whose process is known to be gone need not be waited for: its znode is replaced, on the condition that
     * its epoch is still the current one.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Election.class);
    private static final long NOT_LEADING = -1;
    private static final Leadership NOBODY_LEADS = new Leadership(-1, 0, false);
    /// How long one who has resigned lets others go first.
    private static final long REST_MS = 1_000;

    private final EngineThread engine;
    private final Ensemble ensemble;
    private final Znodes znodes;
    private final Claimant claimant;
    private final LogTail tail;
    private final Events events;
    private final ZnodeReading reading;
    private volatile Leadership leadership = NOBODY_LEADS;
    private volatile @Nullable Claim leader;
    private boolean hasLooked;
    private boolean isClaiming;
    private boolean isCatchingUp;
    private boolean isResting;
    private long leadingEpoch = NOT_LEADING;
    private long resignedEpoch = NOT_LEADING;

    /// Who stands for election: this node, and where it listens.
    record Claimant(int nodeId, Endpoint endpoint) {}

    /// Told what comes of it.
    interface Events {
        /// This node leads, and everything that was committed before has been delivered.
        void onElected(long epoch);

        void onEnded(long epoch);

        /// Something could not be asked; someone must have it look again.
        void onTrouble();

        /// Another node leads.
        void onOtherLeader(int nodeId);
    }

    Election(EngineThread engine, Ensemble ensemble, Znodes znodes, Claimant claimant, LogTail tail, Events events) {
        this.engine = engine;
        this.ensemble = ensemble;
        this.znodes = znodes;
        this.claimant = claimant;
        this.tail = tail;
        this.events = events;
        this.reading = new ZnodeReading(engine, ensemble, znodes.leader(), this::seen, events::onTrouble);
    }

    Leadership leadership() {
        return leadership;
    }

    /// Where `nodeId` listens, if it leads.
    Optional<Endpoint> endpointOf(int nodeId) {
        Claim present = leader;
        return present != null && present.nodeId() == nodeId ? Optional.of(present.endpoint()) : Optional.empty();
    }

    /// Something may have changed.
    void look() {
        reading.ask();
    }

    private void seen(Optional<Znode> znode) {
        boolean isFirst = !hasLooked;
        hasLooked = true;
        if (znode.isEmpty()) {
            end();
            know(null);
            stand();
            return;
        }
        Claim claim = Claim.read(znodes.leader(), znode.get().data());
        if (znode.get().isMine()) {
            seenMyself(claim);
            return;
        }
        end();
        know(claim);
        if (claim.nodeId() != claimant.nodeId()) {
            events.onOtherLeader(claim.nodeId());
        } else if (isFirst) {
            LOG.info("this node has led the metadata log before it was started; it does not wait for that session's "
                    + "end");
            replace(claim);
        }
    }

    private void seenMyself(Claim claim) {
        if (claim.epoch() == resignedEpoch) {
            withdrawLate();
        } else if (leadingEpoch != claim.epoch()) {
            won(claim);
        }
    }

    private void know(@Nullable Claim claim) {
        leader = claim;
        leadership = claim == null ? NOBODY_LEADS : new Leadership(claim.nodeId(), claim.epoch(), false);
    }

    private void stand() {
        if (isClaiming || isResting) {
            return;
        }
        isClaiming = true;
        engine.then(ensemble.read(znodes.epoch()), znode -> {
            isClaiming = false;
            int epoch = znode.orElseThrow(() -> new IllegalStateException(
                    "znode '" + znodes.epoch() + "' is gone: somebody has deleted what the cluster lives by"))
                    .version();
            claim(epoch, List.of());
        }, _ -> {
            isClaiming = false;
            events.onTrouble();
        });
    }

    /// The process of `nodeId` is known to be gone.
    void gone(int nodeId) {
        Claim present = leader;
        if (present != null && present.nodeId() == nodeId && nodeId != claimant.nodeId()) {
            LOG.info("node {}, which led the metadata log, is gone; this node stands for election", nodeId);
            replace(present);
        }
    }

    private void replace(Claim present) {
        claim(Math.toIntExact(present.epoch()), List.of(ensemble.delete(znodes.leader())));
    }

    /// On the condition that `epoch` is still the current one.
    private void claim(int epoch, List<CuratorOp> before) {
        if (isClaiming) {
            return;
        }
        isClaiming = true;
        Claim mine = new Claim(claimant.nodeId(), epoch + 1L, claimant.endpoint());
        List<CuratorOp> operations = new ArrayList<>();
        operations.add(ensemble.set(znodes.epoch(), mine.write(), epoch));
        operations.addAll(before);
        operations.add(ensemble.createEphemeral(znodes.leader(), mine.write()));
        engine.then(ensemble.commit(operations), outcome -> {
            isClaiming = false;
            // Who was not granted it looks who was; so does who does not know.
            if (outcome.isDone() || 0 <= outcome.failedIndex()) {
                look();
            } else {
                events.onTrouble();
            }
        }, engine::fail);
    }

    private void won(Claim claim) {
        if (isCatchingUp) {
            return;
        }
        isCatchingUp = true;
        know(claim);
        long epoch = claim.epoch();
        // What is read after the claim was granted is the latest there is, and nobody can add to it.
        engine.then(tail.caughtUp(), _ -> {
            isCatchingUp = false;
            if (leadership.epoch() == epoch && epoch != resignedEpoch) {
                leadingEpoch = epoch;
                leadership = new Leadership(claimant.nodeId(), epoch, true);
                events.onElected(epoch);
            } else {
                look();
            }
        }, _ -> {
            isCatchingUp = false;
            events.onTrouble();
        });
    }

    /// The ensemble says that another epoch has begun.
    void fenced() {
        resignedEpoch = leadingEpoch;
        end();
        look();
    }

    /// The session is over, and with it what this node was elected for.
    void sessionLost() {
        end();
        know(null);
    }

    private void end() {
        if (leadingEpoch != NOT_LEADING) {
            long ended = leadingEpoch;
            leadingEpoch = NOT_LEADING;
            know(null);
            events.onEnded(ended);
        }
    }

    /// Gives leadership up if this node leads in `epoch`. Done when another one may have it, or the ensemble can't be
    /// reached: then it will be given up when it can.
    void resign(long epoch, CompletableFuture<@Nullable Void> answer) {
        if (leadingEpoch == NOT_LEADING || leadingEpoch != epoch) {
            answer.complete(null);
            return;
        }
        resignedEpoch = epoch;
        isResting = true;
        engine.schedule(REST_MS, () -> {
            isResting = false;
            look();
        });
        end();
        withdraw(epoch, answer);
    }

    private void withdraw(long epoch, CompletableFuture<@Nullable Void> answer) {
        if (!ensemble.isConnected()) {
            answer.complete(null);
            return;
        }
        engine.then(ensemble.commit(endOf(epoch)), outcome -> {
            answer.complete(null);
            lookAfter(outcome);
        }, engine::fail);
    }

    /// The znode is there still although what it stands for is over. The epoch is read before it is made sure whose
    /// the znode is: so it is not another one's that is deleted.
    private void withdrawLate() {
        engine.then(ensemble.read(znodes.epoch()), epoch -> engine.then(ensemble.read(znodes.leader()), znode -> {
            if (epoch.isPresent() && znode.isPresent() && znode.get().isMine()) {
                engine.then(ensemble.commit(endOf(epoch.get().version())), this::lookAfter, engine::fail);
            } else {
                look();
            }
        }, _ -> events.onTrouble()), _ -> events.onTrouble());
    }

    private List<CuratorOp> endOf(long epoch) {
        return List.of(ensemble.check(znodes.epoch(), Math.toIntExact(epoch)), ensemble.delete(znodes.leader()));
    }

    /// What the watch tells comes as well; but not when the connection was lost.
    private void lookAfter(Outcome outcome) {
        if (!outcome.isDone()) {
            events.onTrouble();
        }
    }
}
