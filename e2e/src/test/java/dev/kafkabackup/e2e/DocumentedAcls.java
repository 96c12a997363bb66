// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** The rights that {@code docs/security.md} tells users to grant, and no others. */
final class DocumentedAcls {

    private static final Pattern PRINCIPAL = Pattern.compile("^\\w+ \\(`(User:\\w+)`\\):$");
    private static final Pattern ROW = Pattern.compile("^\\| ([A-Z_]+) \\| `([^`]+)` \\| ([A-Z]+) \\| ([A-Z_]+) \\|.*");

    private DocumentedAcls() {}

    /** What a principal is granted, row by row. */
    static List<AclBinding> of(String principal) throws IOException {
        List<AclBinding> acls = new ArrayList<>();
        String current = "";
        for (String line : Files.readAllLines(Path.of("..", "docs", "security.md"))) {
            Matcher heading = PRINCIPAL.matcher(line);
            Matcher row = ROW.matcher(line);
            if (heading.matches()) {
                current = heading.group(1);
            } else if (row.matches() && current.equals(principal)) {
                acls.add(new AclBinding(
                        new ResourcePattern(
                                ResourceType.valueOf(row.group(1)), row.group(2), PatternType.valueOf(row.group(3))),
                        new AccessControlEntry(
                                principal, "*", AclOperation.valueOf(row.group(4)), AclPermissionType.ALLOW)));
            }
        }
        return acls;
    }
}
