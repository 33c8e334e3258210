package io.girok.quorum.ratis;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Finds out whether a node that comes without a log may vote. Owned by the thread that asks.
final class Founding {
    /*
     * Raft holds only while a voter remembers what it voted for and which entries it took. A node with an empty disk is
     * either one of those that found the cluster, or one that has lost its memory; it can't tell which, so it asks the
     * others that are set as voters:
     *
     *   EMPTY     "I have no log either."
     *   STRANGER  "I have a log, have had it from the beginning in this very process, and you never promised me
     *             anything": voted, stood for election, took entries.
     *   KNOWN     "I have a log, and you may have promised me something", or "I know that there was one."
     *
     * Nothing was ever committed while a majority has no log. And who never promised anything to any other voter has
     * forgotten nothing. In both cases it votes. If a single one says KNOWN, it does not, until a leader has removed it
     * from the voters and added it again: the removal is committed by a majority without it, so that no majority rests
     * on its forgotten promises any more.
     *
     * What this can't see: a majority of the disks lost at once. That is the one loss that Raft does not survive. It is
     * as if lost when one disk is, and another node has never been started before: so those that have not answered yet
     * when a majority has said EMPTY are waited for a little longer. One that is there and has a log says so by then;
     * one that can't be reached would not have answered in its whole second either.
     */
    /// Asks for a node's standing.
    static final byte ASK = 5;
    /// Asks for it and says that the node, which is not among the voters, is about to be added.
    static final byte ADMIT = 6;
    static final int REQUEST_BYTES = 1 + Integer.BYTES;
    private static final long ASK_AGAIN_MS = 50;

    private final int nodeId;
    private final Collection<Integer> others;
    private final VoterTransport transport;
    private final Patience patience;

    /// How long others are waited for, in milliseconds.
    ///
    /// @param answerMs for an answer that is needed
    /// @param graceMs for each one that may still change what a majority has said
    record Patience(long answerMs, long graceMs) {
        static final Patience DEFAULT = new Patience(1_000, 250);
    }

    /// What another voter says of itself and of the one who asks.
    enum Standing {
        EMPTY(0), STRANGER(1), KNOWN(2);

        private final byte code;

        Standing(int code) {
            this.code = (byte) code;
        }

        static Standing of(byte code) {
            for (Standing each : values()) {
                if (each.code == code) {
                    return each;
                }
            }
            throw new IllegalArgumentException("there is no standing with number " + code);
        }
    }

    /// What a node is asked and says.
    ///
    /// @param votes whether it is a voter itself, as far as it knows
    record Answer(Standing standing, boolean votes) {
        byte[] encode() {
            return new byte[]{standing.code, (byte) (votes ? 1 : 0)};
        }

        static Answer decode(byte[] bytes) {
            if (bytes.length != 2) {
                throw new IllegalArgumentException("a node's standing can't be read from " + bytes.length + " bytes");
            }
            return new Answer(Standing.of(bytes[0]), bytes[1] == 1);
        }
    }

    /// What comes of the answers.
    enum Decision {
        VOTE, WAIT_TO_BE_ADDED, ASK_AGAIN
    }

    /// @param others the voters that are set, without this node
    Founding(int nodeId, Collection<Integer> others, VoterTransport transport, Patience patience) {
        this.patience = patience;
        this.nodeId = nodeId;
        this.others = List.copyOf(others);
        this.transport = transport;
    }

    /// Blocks until there is a decision.
    Decision decide() throws InterruptedException {
        while (true) {
            Decision decision = askAll();
            if (decision != Decision.ASK_AGAIN) {
                return decision;
            }
            TimeUnit.MILLISECONDS.sleep(ASK_AGAIN_MS);
        }
    }

    /// @param answers of the others, without those that did not answer
    static Decision decide(int voterCount, List<Standing> answers) {
        if (answers.contains(Standing.KNOWN)) {
            return Decision.WAIT_TO_BE_ADDED;
        }
        long withoutLog = 1 + answers.stream().filter(answer -> answer == Standing.EMPTY).count();
        boolean isFounding = voterCount / 2 + 1 <= withoutLog;
        return isFounding || answers.size() == voterCount - 1 ? Decision.VOTE : Decision.ASK_AGAIN;
    }

    private Decision askAll() throws InterruptedException {
        BlockingQueue<Optional<Standing>> arriving = new LinkedBlockingQueue<>();
        for (int other : others) {
            var _ = ask(transport, ASK, nodeId, other, patience.answerMs()).handle(
                    (answer, failure) -> arriving.add(Optional.ofNullable(answer).map(Answer::standing)));
        }
        List<Standing> answers = new ArrayList<>();
        Decision decision = decide(others.size() + 1, answers);
        for (int i = 0; i < others.size() && decision != Decision.WAIT_TO_BE_ADDED; i++) {
            Optional<Standing> next = decision == Decision.VOTE
                    ? arriving.poll(patience.graceMs(), TimeUnit.MILLISECONDS)
                    : arriving.take();
            if (next == null) {
                break;
            }
            next.ifPresent(answers::add);
            decision = decide(others.size() + 1, answers);
        }
        return decision;
    }

    /// Asks one node.
    static CompletableFuture<Answer> ask(VoterTransport transport, byte kind, int nodeId, int other, long limitMs) {
        return transport.send(other, ByteBuffer.allocate(REQUEST_BYTES).put(kind).putInt(nodeId).array())
                .orTimeout(limitMs, TimeUnit.MILLISECONDS)
                .thenApply(Answer::decode);
    }

    static boolean isAsked(byte[] request) {
        return request.length == REQUEST_BYTES && (request[0] == ASK || request[0] == ADMIT);
    }

    /// Who has asked.
    static int asker(byte[] request) {
        return ByteBuffer.wrap(request).getInt(1);
    }
}
