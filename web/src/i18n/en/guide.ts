export const guide = {
  "guide.title": "Delegate access across accounts",
  "guide.short": "Guide",
  "guide.open": "Open the guide",
  "guide.close": "Close the guide",
  "guide.intro":
    "Production (999999999999) lets developers of Development (111111111111) work on one of its buckets, through a role. Two administrators and two people take part; each step says who does it.",
  "guide.done": "Done",
  "guide.bucket.title": "Production's bucket",
  "guide.bucket.text":
    "As Production's administrator, create the bucket productionapp and upload an object.",
  "guide.policy.title": "A policy for the bucket",
  "guide.policy.text":
    "Still there, create the policy read-write-app-bucket: list all buckets, list productionapp, and get, put and delete its objects. Write it as JSON, and look at it in the visual editor.",
  "guide.role.title": "A role that Development may use",
  "guide.role.text":
    "Create the role UpdateApp for another AWS account, 111111111111, with that policy. The last page shows the link for switching: it is for Development's users.",
  "guide.developers.title": "Developers may",
  "guide.developers.text":
    "As Development's administrator, give the group Developers an inline policy that allows sts:AssumeRole on arn:aws:iam::999999999999:role/UpdateApp.",
  "guide.testers.title": "Testers may not",
  "guide.testers.text":
    "Give the group Testers the same with Deny. This is needed only because testers have power-user rights, which include sts:AssumeRole; without them nothing would have to be denied.",
  "guide.switch.title": "David switches",
  "guide.switch.text":
    "As David, open the administrator's link, or choose Switch role in the identity menu. Name it PRODUCTION and make it red.",
  "guide.work.title": "He works in Production",
  "guide.work.text":
    "Open productionapp, and upload an object. Nothing else in Production is open to him, and while he is in the role, neither is Development.",
  "guide.back.title": "And goes back",
  "guide.back.text": "Choose Back to David in the identity menu. The next time, PRODUCTION is in the role history.",
  "guide.refused.title": "Jane is refused",
  "guide.refused.text": "As Jane, who is a tester, try the same link: her own group's policy denies it, and the page says so.",
};
