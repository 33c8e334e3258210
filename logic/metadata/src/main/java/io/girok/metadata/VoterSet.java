package io.girok.metadata;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Everyone who votes in the metadata quorum. Immutable.
///
/// @param byId each voter under its id
public record VoterSet(SortedMap<Integer, Voter> byId) {
    public static final VoterSet EMPTY = new VoterSet(new TreeMap<>());

    public VoterSet {
        byId = Collections.unmodifiableSortedMap(new TreeMap<>(byId));
    }

    public static VoterSet of(Collection<Voter> voters) {
        SortedMap<Integer, Voter> byId = new TreeMap<>();
        voters.forEach(voter -> byId.put(voter.id(), voter));
        return new VoterSet(byId);
    }

    public Set<Integer> ids() {
        return byId.keySet();
    }

    public Collection<Voter> voters() {
        return byId.values();
    }

    public boolean contains(int id) {
        return byId.containsKey(id);
    }

    public @Nullable Voter find(int id) {
        return byId.get(id);
    }

    public int size() {
        return byId.size();
    }

    /// How many make a majority.
    public int majority() {
        return byId.size() / 2 + 1;
    }

    /// With `voter` in it, in place of another of its id.
    public VoterSet with(Voter voter) {
        SortedMap<Integer, Voter> more = new TreeMap<>(byId);
        more.put(voter.id(), voter);
        return new VoterSet(more);
    }

    /// Those that `others` does not have.
    public VoterSet without(VoterSet others) {
        SortedMap<Integer, Voter> fewer = new TreeMap<>(byId);
        fewer.keySet().removeAll(others.ids());
        return new VoterSet(fewer);
    }

    public VoterSet without(int id) {
        SortedMap<Integer, Voter> fewer = new TreeMap<>(byId);
        fewer.remove(id);
        return new VoterSet(fewer);
    }
}
