package io.girok.quorum.ratis;

import io.girok.metadata.Voter;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The other nodes as they have been met: who has promised something, where one that is being added is said to be, and
/// whether this node, come with an empty disk, has been added yet. Thread-safe.
final class PeerBook {
    private final Set<Integer> bound = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Voter> told = new ConcurrentHashMap<>();
    private volatile boolean isWaiting;
    private volatile boolean isOut;
    private volatile boolean hasFounded;

    /// `voterId` has voted, stood for election, or taken entries: if it comes without a disk, it has lost one.
    void bind(int voterId) {
        bound.add(voterId);
    }

    /// This process has the log from its beginning, and so has seen all that others promised to this node.
    void found() {
        hasFounded = true;
    }

    /// What this node has to say about `voterId`, if it has a log.
    Founding.Standing standing(int voterId) {
        return hasFounded && !bound.contains(voterId) ? Founding.Standing.STRANGER : Founding.Standing.KNOWN;
    }

    /// Where those are said to be who are to be added: nobody has found them there yet.
    void tell(Collection<Voter> added) {
        added.forEach(voter -> told.put(voter.id(), voter));
    }

    @Nullable
    Voter told(int voterId) {
        return told.get(voterId);
    }

    /// Nobody is being added: what was told is in the log by now, or was wrong.
    void forget() {
        told.clear();
    }

    /// From here on, until a leader adds this node, nobody is answered: what it promised before is forgotten.
    void waitToBeAdded() {
        isWaiting = true;
    }

    boolean isWaiting() {
        return isWaiting;
    }

    /// A leader says that this node is not among the voters, and is about to be added.
    void admit() {
        isWaiting = false;
    }

    /// A leader says that this node is not among the voters any more.
    void leave() {
        isOut = true;
    }

    /// A leader sends to this node.
    void hearLeader() {
        isOut = false;
    }

    /// Whether this node was told that it does not vote any more.
    boolean isOut() {
        return isOut;
    }
}
