"""What findings say in Korean, by the English templates. Names and values stay as they are."""

from deputize.policy.findings.text import Words

KOREAN: Words = {
    # text
    "{one} or {other}": "{one} 또는 {other}",
    "{one} and {other}": "{one} 및 {other}",
    # reader, validate
    "The text is longer than {most} characters.": "텍스트가 {most}자보다 깁니다.",
    "There is more text after the policy's end.": "정책이 끝난 뒤에 다른 텍스트가 있습니다.",
    "The text ends where a value is needed.": "값이 필요한 곳에서 텍스트가 끝납니다.",
    "A value is needed here: a string in double quotes, a list or an object.": "여기에 값이 필요합니다. "
    "큰따옴표로 묶은 문자열, 목록 또는 객체를 입력하세요.",
    "A key in double quotes is needed here.": "여기에 큰따옴표로 묶은 키가 필요합니다.",
    "A colon is needed between a key and its value.": "키와 값 사이에 콜론이 필요합니다.",
    "The text is nested more than {most} levels deep.": "텍스트의 중첩이 {most}단계보다 깊습니다.",
    "Nothing closes the {bracket} that stands here.": "여기에서 연 괄호가 닫히지 않았습니다: {bracket}",
    "A comma, or the closing {bracket}, is needed here.": "여기에 쉼표 또는 닫는 괄호가 필요합니다: "
    "{bracket}",
    "No comma stands after the last one.": "마지막 항목 뒤에는 쉼표를 쓸 수 없습니다.",
    "This string does not end, or holds what no string may.": "문자열이 끝나지 않거나 문자열에 사용할 수 "
    "없는 문자가 있습니다.",
    "The key {key} stands twice in one object.": "한 객체에 {key} 키가 두 번 있습니다.",
    # grammar
    "a string": "문자열",
    "a list": "목록",
    "an object": "객체",
    "a number": "숫자",
    "a boolean": "부울",
    "null": "null",
    "This is {kind}; {wanted} is needed here.": "여기에는 {wanted} 형식이 필요하지만 {kind} 형식입니다.",
    "There is no element {element} here.": "여기에 {element} 요소는 사용할 수 없습니다.",
    "It is written {word}.": "올바른 표기는 {word}입니다.",
    "Name the version: 2012-10-17. Without it, 2008-10-17 holds, which has no policy variables.": "버전을 "
    "2012-10-17로 지정하세요. 지정하지 않으면 정책 변수를 지원하지 않는 2008-10-17이 적용됩니다.",
    "There is no version {version}; there are {versions}.": "{version} 버전은 없습니다. 사용할 수 있는 "
    "버전은 {versions}입니다.",
    "A policy needs at least one statement.": "정책에는 문이 하나 이상 필요합니다.",
    "A statement of this kind needs {element} or Not{element}.": "이 유형의 문에는 {element} 또는 "
    "Not{element} 요소가 필요합니다.",
    "A statement needs an Effect: Allow or Deny.": "문에는 Effect 요소가 필요합니다. 값은 Allow 또는 "
    "Deny입니다.",
    "{element} and Not{element} exclude each other: keep one of them.": "{element} 및 Not{element} 요소는 "
    "함께 사용할 수 없습니다. 둘 중 하나만 남기세요.",
    "{effect} is no effect: Allow and Deny are, so written.": "{effect} 효과는 없습니다. Allow 또는 Deny를 "
    "대소문자까지 그대로 입력하세요.",
    # empty
    "{element} lists nothing, so the statement does nothing.": "{element} 목록이 비어 있어 이 문은 아무 "
    "효과가 없습니다.",
    "Give the Sid a value, or leave it out.": "Sid에 값을 입력하거나 Sid를 제거하세요.",
    "{element} names nobody.": "{element} 요소에 지정된 보안 주체가 없습니다.",
    "{element} lists nobody under {kind}.": "{element} 요소의 {kind} 목록에 지정된 보안 주체가 없습니다.",
    "This says nothing: leave it out.": "내용이 없으므로 제거하세요.",
    "No value is listed, so the condition holds where the key is missing; Null says that plainly.": "값이 "
    "없으므로 조건 키가 없을 때 조건이 충족됩니다. 그런 뜻이라면 Null로 분명하게 나타낼 수 있습니다.",
    "No value is listed, so the condition never holds.": "값이 없으므로 조건이 충족되는 경우가 없습니다.",
    "No value is listed, so the condition compares the key to nothing.": "값이 없으므로 조건 키와 비교할 "
    "대상이 없습니다.",
    # sids
    "letters, digits and blanks": "영문자, 숫자 및 공백",
    "letters and digits": "영문자 및 숫자",
    "A Sid is made of {characters}: {sid}": "Sid에는 {characters}만 사용할 수 있습니다: {sid}",
    "Another statement is called {sid}, too.": "Sid가 {sid}인 문이 또 있습니다.",
    # sizes
    "The policy has {size} characters and may have {most}.": "정책이 {size}자입니다. 최대 {most}자까지 "
    "허용됩니다.",
    "The policy has {size} characters, not counting blanks, and may have {most}.": "정책이 공백을 제외하고 "
    "{size}자입니다. 최대 {most}자까지 허용됩니다.",
    # actions
    "An action is written service:Name, or *; this is {action}.": "작업은 service:Name 형식이나 *로 "
    "입력합니다. 입력한 값은 {action}입니다.",
    "There is no service {service}.": "{service} 서비스는 없습니다.",
    "A service's prefix takes no wildcard.": "서비스 접두사에는 와일드카드를 사용할 수 없습니다.",
    "{service} has no action {action}.": "{service} 서비스에 {action} 작업은 없습니다.",
    "Calls of that operation are authorized as {actions}.": "이 API 작업의 호출은 {actions} 권한으로 "
    "승인됩니다.",
    "Did you mean {word}?": "{word}을(를) 의도했습니까?",
    "A trust policy grants AssumeRole actions of sts alone.": "신뢰 정책으로는 sts의 AssumeRole 작업만 "
    "허용할 수 있습니다.",
    "A bucket policy cannot grant {action}: it is not done to a bucket or its objects.": "{action} 작업은 "
    "버킷이나 그 객체에 대한 것이 아니므로 버킷 정책으로 허용할 수 없습니다.",
    # resources
    "A bucket policy is about the bucket, arn:aws:s3:::NAME, and its objects, arn:aws:s3:::NAME/*.": "버킷 "
    "정책의 리소스는 버킷 arn:aws:s3:::NAME 및 그 객체 arn:aws:s3:::NAME/*뿐입니다.",
    "A resource is * or begins with arn: {resource}": "리소스는 *이거나 arn:으로 시작해야 합니다: {resource}",
    "This ARN has {count} of {all} parts: {form}": "이 ARN에는 {all}개 부분 중 {count}개만 있습니다: {form}",
    "There is no partition {partition}; there are {known}.": "{partition} 파티션은 없습니다. 사용할 수 있는 "
    "파티션은 {known}입니다.",
    "An ARN's service is written in small letters.": "ARN의 서비스는 소문자로 입력합니다.",
    "Name the service: a wildcard reaches others of like names.": "서비스를 지정하세요. 와일드카드는 이름이 "
    "비슷한 다른 서비스에도 적용됩니다.",
    "{partition} has no region {region}.": "{partition} 파티션에 {region} 리전은 없습니다.",
    "An account id has 12 digits: {account}": "계정 ID는 12자리 숫자입니다: {account}",
    "No resource of {service} is like {resource}; some are like {forms}.": "{service} 서비스에 {resource} "
    "형식의 리소스는 없습니다. 예를 들면 다음 형식이 있습니다: {forms}",
    "The ARN of such a resource of {service} has no region.": "{service} 서비스의 이 리소스 유형은 ARN에 "
    "리전이 없습니다.",
    "The ARN of such a resource of {service} has a region.": "{service} 서비스의 이 리소스 유형은 ARN에 "
    "리전이 있어야 합니다.",
    "The ARN of such a resource of {service} has no account.": "{service} 서비스의 이 리소스 유형은 ARN에 "
    "계정이 없습니다.",
    "The ARN of such a resource of {service} has an account.": "{service} 서비스의 이 리소스 유형은 ARN에 "
    "계정이 있어야 합니다.",
    # fitting
    "* alone": "*만",
    "{action} applies to none of the resources here; it takes {types}.": "{action} 작업은 여기에 있는 어떤 "
    "리소스에도 적용되지 않습니다. 이 작업의 리소스 유형: {types}",
    "Requests for {actions} never carry {key}: give them a statement of their own.": "{actions} 요청에는 "
    "{key} 조건 키가 포함되지 않습니다. 별도의 문으로 분리하세요.",
    "Not every action carries {key}; with NotAction nobody sees which do. List the actions.": "모든 작업에 "
    "{key} 조건 키가 있는 것은 아니며, NotAction으로는 어떤 작업에 있는지 알 수 없습니다. 작업을 나열하세요.",
    "Actions of {services} here never carry {key}, so the statement does not reach them.": "여기에 있는 "
    "{services} 작업에는 {key} 조건 키가 포함되지 않으므로 이 문이 적용되지 않습니다.",
    # principals
    "An identity-based policy acts for whom it is attached to: leave {element} out.": "자격 증명 기반 "
    "정책은 연결된 대상에 적용됩니다. {element} 요소를 제거하세요.",
    '{element} is "*" or an object, such as {{"AWS": "111122223333"}}.': '{element} 요소의 값은 "*"이거나 '
    '{{"AWS": "111122223333"}}과 같은 객체여야 합니다.',
    "A principal is of kind {kinds}.": "보안 주체의 유형은 {kinds} 중 하나입니다.",
    "This is a user's unique id; name the user by its ARN, which is kept as the id.": "사용자의 고유 "
    "ID입니다. 사용자를 ARN으로 지정하세요. 저장할 때 고유 ID로 변환됩니다.",
    "This is a role's unique id; name the role by its ARN, which is kept as the id.": "역할의 고유 "
    "ID입니다. 역할을 ARN으로 지정하세요. 저장할 때 고유 ID로 변환됩니다.",
    "Only a role's trust policy names identity providers; name the role here.": "ID 제공업체는 역할의 신뢰 "
    "정책에서만 지정할 수 있습니다. 여기에는 역할을 지정하세요.",
    "A principal takes no wildcard; compare aws:PrincipalArn under ArnLike instead.": "보안 주체에는 "
    "와일드카드를 사용할 수 없습니다. 대신 ArnLike로 aws:PrincipalArn을 비교하세요.",
    "A service is written like ec2.amazonaws.com, in small letters: {principal}": "서비스 보안 주체는 "
    "ec2.amazonaws.com과 같이 소문자로 입력합니다: {principal}",
    "A provider is written as its ARN, or as a domain such as accounts.google.com.": "ID 제공업체는 ARN "
    "또는 accounts.google.com과 같은 도메인으로 입력합니다.",
    "No {kind} principal is written so: {principal}": "{kind} 보안 주체의 형식이 아닙니다: {principal}",
    "This grants to everybody who is not listed, unsigned callers too: list whom to grant to.": "서명하지 "
    "않은 호출자를 포함하여 나열되지 않은 모든 사람에게 권한을 부여합니다. 권한을 부여할 대상을 나열하세요.",
    "A service's calls never carry {key}.": "서비스의 호출에는 {key} 조건 키가 포함되지 않습니다.",
    "Compare aws:SourceArn or aws:SourceAccount instead of {key}.": "{key} 대신 aws:SourceArn 또는 "
    "aws:SourceAccount를 비교하세요.",
    "The service acts here for any account that asks: demand aws:SourceArn or aws:SourceAccount.": "이 "
    "서비스는 요청하는 모든 계정을 대신해 작업합니다. aws:SourceArn 또는 aws:SourceAccount 조건을 "
    "추가하세요.",
    # trust
    "A trust policy is about the role that it belongs to: leave {element} out.": "신뢰 정책은 정책이 속한 "
    "역할에 적용됩니다. {element} 요소를 제거하세요.",
    "A trust policy takes no NotPrincipal.": "신뢰 정책에는 NotPrincipal을 사용할 수 없습니다.",
    'A trust policy does not take "*" for Principal; {{"AWS": "*"}} means everyone.': "신뢰 정책의 "
    'Principal에는 "*"를 사용할 수 없습니다. 모든 사람을 뜻하려면 {{"AWS": "*"}}를 입력하세요.',
    "{principals} cannot call {action}: a SAML provider's users call AssumeRoleWithSAML, an OpenID Connect "
    "provider's AssumeRoleWithWebIdentity, all others AssumeRole.": "{principals} 보안 주체는 {action} "
    "작업을 호출할 수 없습니다. SAML 제공업체의 사용자는 AssumeRoleWithSAML, OpenID Connect 제공업체의 "
    "사용자는 AssumeRoleWithWebIdentity, 그 밖의 보안 주체는 AssumeRole을 호출합니다.",
    "Roles Anywhere needs sts:AssumeRole, sts:SetSourceIdentity and sts:TagSession together.": "Roles "
    "Anywhere에는 sts:AssumeRole, sts:SetSourceIdentity 및 sts:TagSession이 모두 필요합니다.",
    "The role of this session is trusted as well, with every session of it.": "이 세션의 역할도 신뢰하므로 "
    "그 역할의 모든 세션이 이미 신뢰됩니다.",
    "A token's audience has one value: leave {quantifier} out.": "토큰의 대상(audience)은 값이 하나입니다. "
    "{quantifier} 한정자를 제거하세요.",
    "Whoever has a token of {provider} may assume the role: compare its aud and sub.": "{provider} 토큰을 "
    "가진 사람은 누구나 역할을 맡을 수 있습니다. 토큰의 aud 및 sub를 비교하세요.",
    "Every repository on GitHub may assume the role: compare {provider}:sub.": "GitHub의 모든 리포지토리가 "
    "역할을 맡을 수 있습니다. {provider}:sub를 비교하세요.",
    "The wildcard reaches more than one repository: name it, as in repo:owner/name:*.": "와일드카드가 여러 "
    "리포지토리에 적용됩니다. repo:owner/name:*와 같이 리포지토리를 지정하세요.",
    "This trusts {who} without a condition: demand sts:ExternalId of a third party, or aws:PrincipalOrgID "
    "or aws:PrincipalArn.": "{who}를 조건 없이 신뢰합니다. 서드 파티라면 sts:ExternalId 조건을, 그렇지 "
    "않으면 aws:PrincipalOrgID 또는 aws:PrincipalArn 조건을 추가하세요.",
    "everyone": "모든 보안 주체",
    "everybody in account {id}": "{id} 계정의 모든 보안 주체",
    # conditions
    "In a bucket's own policy {key} is always the bucket's.": "버킷 정책에서 {key} 조건 키의 값은 항상 그 "
    "버킷의 값입니다.",
    "There is no operator {operator}.": "{operator} 조건 연산자는 없습니다.",
    "Null asks whether the key exists: IfExists cannot be added.": "Null은 조건 키의 존재 여부를 확인하므로 "
    "IfExists를 추가할 수 없습니다.",
    "Null asks about the key as a whole: {quantifier} is no help.": "Null은 조건 키 전체를 확인하므로 "
    "{quantifier} 한정자는 의미가 없습니다.",
    "{other} and {key} are one key: join their values.": "{other} 및 {key} 조건 키는 같은 키입니다. 값을 "
    "합치세요.",
    "Every network may have such an address: compare {keys} as well.": "이러한 주소는 어느 네트워크에나 "
    "있을 수 있습니다. {keys} 조건 키도 비교하세요.",
    "A key is written service:name: {key}": "조건 키는 service:name 형식으로 입력합니다: {key}",
    "There is no service {prefix}, and no such key.": "{prefix} 서비스가 없으므로 이 조건 키도 없습니다.",
    "{newer} has replaced {key}.": "{key} 조건 키는 {newer} 조건 키로 대체되었습니다.",
    "Name the tag: {key}/NAME.": "태그의 이름을 지정하세요: {key}/NAME",
    "There is no condition key {key}.": "{key} 조건 키는 없습니다.",
    "{key} has several values: without ForAllValues or ForAnyValue it never matches.": "{key} 조건 키에는 "
    "값이 여러 개 있습니다. ForAllValues 또는 ForAnyValue가 없으면 일치하지 않습니다.",
    "{key} has one value; ForAllValues also holds where it is missing. Leave it out.": "{key} 조건 키의 "
    "값은 하나입니다. ForAllValues는 조건 키가 없을 때도 충족되므로 제거하세요.",
    "{key} is of type {type}: {operator} compares {other}.": "{key} 조건 키는 {type} 유형이지만 {operator} "
    "연산자는 {other} 유형을 비교합니다.",
    "Every caller sets {key} as it likes: nothing is kept safe by it.": "{key} 조건 키의 값은 호출자가 "
    "마음대로 정할 수 있으므로 아무것도 보호하지 못합니다.",
    # values
    "These values are of different JSON types: write all of them as strings.": "값의 JSON 유형이 서로 "
    "다릅니다. 모두 문자열로 입력하세요.",
    "One of true and false is enough; both say nothing.": "true와 false 중 하나만 입력하세요. 둘 다 있으면 "
    "의미가 없습니다.",
    "true or false": "true 또는 false",
    "a date such as 2026-01-31T12:00:00Z": "2026-01-31T12:00:00Z와 같은 날짜",
    "base64": "base64",
    "{operator} compares {form}: {value}": "{operator} 연산자의 값으로 {form}만 사용할 수 있습니다: {value}",
    "{value} is read as seconds since 1970: 2026-01-31 would say it plainly.": "{value} 값은 1970년부터의 "
    "초로 해석됩니다. 2026-01-31과 같은 형식이 더 분명합니다.",
    "a region": "존재하는 리전",
    "vpc- and its 8 or 17 characters": "vpc-로 시작하고 8자 또는 17자가 이어지는 ID",
    "vpce- and its 8 or 17 characters": "vpce-로 시작하고 8자 또는 17자가 이어지는 ID",
    "a key's whole ARN": "키의 전체 ARN",
    "{key} is {form}: {value}": "{key} 조건 키의 값으로 {form}만 사용할 수 있습니다: {value}",
    "Under {operator} * and ? are plain characters; {like} makes them wildcards.": "{operator} 연산자에서 * "
    "및 ?는 일반 문자입니다. {like} 연산자에서는 와일드카드입니다.",
    "Of these bounds {bound} alone counts.": "이 경곗값 중 {bound}만 적용됩니다.",
    "No value differs from *, so the condition holds only where the key is missing.": "*와 다른 값은 "
    "없으므로 조건 키가 없을 때만 조건이 충족됩니다.",
    "Every value is like *, and a missing one passes too: the condition always holds.": "모든 값이 *와 "
    "일치하고 조건 키가 없어도 통과하므로 조건이 항상 충족됩니다.",
    # addresses
    "This is no address and no range like 203.0.113.0/24: {value}": "IP 주소가 아니며 203.0.113.0/24와 같은 "
    "범위도 아닙니다: {value}",
    "The mask ignores the last bits; this is the range {range}.": "마스크가 마지막 비트를 무시하므로 실제 "
    "범위는 {range}입니다.",
    "On AWS no request comes from a private address; within a VPC compare aws:VpcSourceIp.": "AWS에서는 "
    "프라이빗 주소에서 요청이 오지 않습니다. VPC 안에서는 aws:VpcSourceIp를 비교하세요.",
    "On AWS aws:SourceIp is never private: the condition always holds.": "AWS에서 aws:SourceIp는 프라이빗 "
    "주소가 될 수 없으므로 조건이 항상 충족됩니다.",
    "On AWS aws:SourceIp is never private: the condition never holds.": "AWS에서 aws:SourceIp는 프라이빗 "
    "주소가 될 수 없으므로 조건이 충족되는 경우가 없습니다.",
    # variables
    "{element} substitutes no variable: {variable} stays as it is.": "{element} 요소에서는 변수가 대체되지 "
    "않으므로 {variable} 텍스트가 그대로 남습니다.",
    "Only version 2012-10-17 substitutes variables: here this is plain text.": "변수는 버전 "
    "2012-10-17에서만 대체됩니다. 여기에서는 일반 텍스트입니다.",
    "A closing brace is missing.": "닫는 중괄호가 없습니다.",
    "The variable names no condition key.": "변수에 조건 키가 지정되지 않았습니다.",
    "A variable's name holds no blanks.": "변수 이름에는 공백을 사용할 수 없습니다.",
    "A default value stands in single quotes: ${{key, 'value'}}.": "기본값은 작은따옴표로 묶습니다: ${{key, "
    "'value'}}",
    "{operator} substitutes no variable; string and ARN operators do.": "{operator} 연산자에서는 변수가 "
    "대체되지 않습니다. 문자열 및 ARN 연산자에서만 대체됩니다.",
    # control
    "A service control policy is about the accounts below it: leave {element} out.": "서비스 제어 정책은 그 "
    "아래의 계정에 적용됩니다. {element} 요소를 제거하세요.",
    'A resource control policy has "Principal": "*"; conditions say whom it is about.': "리소스 제어 "
    '정책에는 "Principal": "*"를 사용합니다. 적용 대상은 조건으로 지정하세요.',
    "A resource control policy only denies.": "리소스 제어 정책은 거부만 할 수 있습니다.",
    "A resource control policy lists its actions.": "리소스 제어 정책에는 작업을 나열해야 합니다.",
    "Resource control policies do not reach {prefix}: name services that take them.": "리소스 제어 정책은 "
    "{prefix} 서비스에 적용되지 않습니다. 리소스 제어 정책을 지원하는 서비스를 지정하세요.",
    'Beside {key} add "BoolIfExists": {{"aws:PrincipalIsAWSService": "{value}"}}.': "{key} 조건 키와 함께 "
    '다음 조건을 추가하세요: "BoolIfExists": {{"aws:PrincipalIsAWSService": "{value}"}}',
    # broad, escalation
    "This grants every action that is not listed, future ones too.": "앞으로 추가될 작업을 포함하여 "
    "나열되지 않은 모든 작업을 허용합니다.",
    "This grants on every resource that is not listed, future ones too.": "앞으로 추가될 리소스를 포함하여 "
    "나열되지 않은 모든 리소스에 대해 허용합니다.",
    "Any role could be handed to any service: name the roles by their ARNs, or compare "
    "iam:PassedToService.": "어떤 역할이든 어떤 서비스에나 전달할 수 있습니다. 역할을 ARN으로 "
    "지정하거나 iam:PassedToService를 비교하세요.",
    "Roles for any service could be made: name the roles by their ARNs, or compare "
    "iam:AWSServiceName.": "어떤 서비스의 역할이든 만들 수 있습니다. 역할을 ARN으로 지정하거나 "
    "iam:AWSServiceName을 비교하세요.",
    "Whoever has {actions} can come to rights that this policy does not give.": "{actions} 권한이 있으면 이 "
    "정책이 부여하지 않은 권한까지 얻을 수 있습니다.",
    "{actions} and {count} more": "{actions} 외 {count}개",
    "Demand a boundary (iam:PermissionsBoundary), name the policies (iam:PolicyARN), or name the caller's "
    "own user (${{aws:username}}) as resource.": "권한 경계를 요구하거나(iam:PermissionsBoundary) 정책을 "
    "지정하거나(iam:PolicyARN) 호출자 자신의 사용자(${{aws:username}})를 리소스로 지정하세요.",
    # redundant
    "{wider} includes {entry}.": "{entry} 항목은 {wider} 항목에 포함됩니다.",
    "Another statement says the same.": "내용이 같은 문이 또 있습니다.",
}
