package io.girok.membership.follow;

import io.girok.base.Invariant;
import io.girok.metadata.MetadataLog.Leadership;
import java.util.List;

/// Which voter a follower asks. Pure; owned by its [FollowedMetadataLog].
///
/// It stays with a voter for as long as that answers and knows who leads, and turns to a new leader when it hears of
/// one, once: a leader that this node does not reach must not keep it from a voter that it reaches.
final class VoterRing {
    private final List<Integer> voters;
    private int index;
    private int failuresInARow;
    private Leadership known = new Leadership(-1, 0, false);

    /// @param first of the voters, counted on in a circle, is asked first
    VoterRing(List<Integer> voters, int first) {
        Invariant.check(!voters.isEmpty(), "somebody votes");
        this.voters = List.copyOf(voters);
        this.index = Math.floorMod(first, voters.size());
    }

    int voter() {
        return voters.get(index);
    }

    Leadership leadership() {
        return known;
    }

    /// Whether every voter has failed since one was of use.
    boolean hasTriedAll() {
        return voters.size() <= failuresInARow;
    }

    /// The voter did not answer, or is of no use.
    void failed() {
        failuresInARow++;
        index = (index + 1) % voters.size();
        if (hasTriedAll()) {
            known = new Leadership(-1, known.epoch(), false);
        }
    }

    /// The voter has answered, and says who leads.
    void answered(Leadership said) {
        boolean isOutdated = said.epoch() < known.epoch() && 0 <= known.leaderId();
        if (said.leaderId() < 0 || isOutdated) {
            failed();
            return;
        }
        failuresInARow = 0;
        if (said.leaderId() != known.leaderId() || said.epoch() != known.epoch()) {
            known = new Leadership(said.leaderId(), said.epoch(), false);
            int leader = voters.indexOf(said.leaderId());
            index = leader < 0 ? index : leader;
        }
    }
}
