package io.girok.server;

import io.girok.base.TopicId;
import io.girok.metadata.setting.InvalidSetting;
import io.girok.wire.NodeAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The setting `controller.quorum.voters`: `1@host:9092, ...`. Immutable.
///
/// @param byId empty for a node that is alone
record QuorumVoters(SortedMap<Integer, NodeAddress> byId) {
    private static final String SETTING = "controller.quorum.voters";
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})@(\\[[^]]+]|[^:/@]+):(\\d{1,5})");

    QuorumVoters {
        byId = Collections.unmodifiableSortedMap(new TreeMap<>(byId));
    }

    /// @throws InvalidSetting when an entry is malformed, or an id is there twice
    static QuorumVoters parse(List<String> entries) {
        SortedMap<Integer, NodeAddress> byId = new TreeMap<>();
        for (String entry : entries) {
            Matcher form = FORM.matcher(entry);
            if (!form.matches()) {
                throw new InvalidSetting(
                        "setting '" + SETTING + "' has '" + entry + "'; allowed: ID@HOST:PORT, separated by commas");
            }
            String host = form.group(2);
            NodeAddress address = new NodeAddress(
                    host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                    Integer.parseInt(form.group(3)));
            if (byId.put(Integer.parseInt(form.group(1)), address) != null) {
                throw new InvalidSetting("setting '" + SETTING + "' names node " + form.group(1)
                        + " twice; allowed: once");
            }
        }
        return new QuorumVoters(byId);
    }

    /// Whether there are, or may be, other nodes.
    boolean isCluster() {
        return !byId.isEmpty();
    }

    /// Whether they elect one of them.
    boolean areSeveral() {
        return 1 < byId.size();
    }

    /// Whether the node keeps the metadata log itself.
    boolean include(int nodeId) {
        return byId.isEmpty() || byId.containsKey(nodeId);
    }

    List<Integer> ids() {
        return List.copyOf(byId.keySet());
    }

    @Nullable
    NodeAddress address(int nodeId) {
        return byId.get(nodeId);
    }

    /// The same on every node that has the same voters.
    String derivedClusterId() {
        UUID uuid = UUID.nameUUIDFromBytes(byId.toString().getBytes(StandardCharsets.UTF_8));
        // In the form of Kafka's ids, without a leading dash, which would make an option of it on a command line.
        return "G" + new TopicId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits()).toString().substring(1);
    }
}
