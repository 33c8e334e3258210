package io.girok.membership;

import io.girok.wire.NodeAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What several sources say, those that are to be trusted most first. Immutable.
record OrderedAddresses(List<NodeAddresses> sources) implements NodeAddresses {
    OrderedAddresses {
        sources = List.copyOf(sources);
    }

    @Override
    public @Nullable NodeAddress of(int nodeId) {
        for (NodeAddresses source : sources) {
            NodeAddress said = source.of(nodeId);
            if (said != null) {
                return said;
            }
        }
        return null;
    }

    @Override
    public List<NodeAddress> all(int nodeId) {
        List<NodeAddress> places = new ArrayList<>(sources.size());
        for (NodeAddresses source : sources) {
            NodeAddress said = source.of(nodeId);
            if (said != null && !places.contains(said)) {
                places.add(said);
            }
        }
        return places;
    }
}
