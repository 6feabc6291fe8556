export const guide = {
  "guide.title": "계정 간 액세스 위임",
  "guide.short": "가이드",
  "guide.open": "가이드 열기",
  "guide.close": "가이드 닫기",
  "guide.intro":
    "Production(999999999999)은 역할을 통해 Development(111111111111)의 개발자가 버킷 하나에서 작업하도록 합니다. 관리자 두 명과 사용자 두 명이 참여하며, 각 단계에 누가 하는지 나와 있습니다.",
  "guide.done": "완료",
  "guide.bucket.title": "Production의 버킷",
  "guide.bucket.text": "Production의 관리자로 productionapp 버킷을 만들고 객체를 업로드합니다.",
  "guide.policy.title": "버킷에 대한 정책",
  "guide.policy.text":
    "같은 계정에서 read-write-app-bucket 정책을 만듭니다. 모든 버킷 나열, productionapp 나열, 그 객체의 가져오기, 넣기, 삭제를 허용합니다. JSON으로 작성하고 시각적 편집기로 확인하세요.",
  "guide.role.title": "Development가 사용할 역할",
  "guide.role.text":
    "다른 AWS 계정 111111111111을 위한 UpdateApp 역할을 이 정책과 함께 만듭니다. 마지막 페이지에 Development 사용자에게 줄 전환 링크가 표시됩니다.",
  "guide.developers.title": "개발자는 허용",
  "guide.developers.text":
    "Development의 관리자로 Developers 그룹에 arn:aws:iam::999999999999:role/UpdateApp에 대한 sts:AssumeRole을 허용하는 인라인 정책을 만듭니다.",
  "guide.testers.title": "테스터는 거부",
  "guide.testers.text":
    "Testers 그룹에는 같은 내용을 Deny로 만듭니다. 테스터의 파워 유저 권한에 sts:AssumeRole이 포함되어 있기 때문에만 필요합니다. 그 권한이 없다면 거부할 필요가 없습니다.",
  "guide.switch.title": "David가 역할을 전환",
  "guide.switch.text":
    "David로 관리자의 링크를 열거나 자격 증명 메뉴에서 역할 전환을 선택합니다. 이름은 PRODUCTION, 색상은 빨간색으로 합니다.",
  "guide.work.title": "Production에서 작업",
  "guide.work.text":
    "productionapp을 열고 객체를 업로드합니다. Production의 다른 것은 열 수 없고, 역할을 사용하는 동안에는 Development도 열 수 없습니다.",
  "guide.back.title": "돌아오기",
  "guide.back.text": "자격 증명 메뉴에서 David로 돌아가기를 선택합니다. 다음부터는 역할 기록에 PRODUCTION이 있습니다.",
  "guide.refused.title": "Jane은 거부됨",
  "guide.refused.text": "테스터인 Jane으로 같은 링크를 시도합니다. 자신의 그룹 정책이 거부하며, 페이지에 그렇게 표시됩니다.",
};
