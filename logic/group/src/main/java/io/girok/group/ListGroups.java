package io.girok.group;

import io.girok.coordinator.Command;
import io.girok.coordinator.Decision;
import io.girok.coordinator.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;

/// An operator wants to know which groups one partition holds. Immutable.
///
/// @param states in lower case; empty means all
/// @param types in lower case; empty means all
record ListGroups(Set<String> states, Set<String> types) implements Command<GroupState, List<ListedGroup>> {
    private static final String CLASSIC = "classic";

    static ListGroups of(ListGroupsRequestData request) {
        return new ListGroups(lowerCase(request.statesFilter()), lowerCase(request.typesFilter()));
    }

    @Override
    public Decision handle(GroupState state, Reply<List<ListedGroup>> reply) {
        List<ListedGroup> listed = new ArrayList<>();
        for (ClassicGroup group : state.groups()) {
            String text = group.phase().text();
            boolean isWanted = (states.isEmpty() || states.contains(text.toLowerCase(Locale.ROOT)))
                    && (types.isEmpty() || types.contains(CLASSIC));
            if (isWanted) {
                listed.add(
                        new ListedGroup().setGroupId(group.id())
                                .setProtocolType(group.protocolType())
                                .setGroupState(text)
                                .setGroupType(CLASSIC));
            }
        }
        return Decision.answered(reply, listed);
    }

    private static Set<String> lowerCase(List<String> names) {
        return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }
}
