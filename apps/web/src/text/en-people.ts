/** The words of people: profiles, who follows whom, and who is there. */
export const enPeople = {
  "block.body": "You will get nothing more from this person, and you stop following each other. They are not told.",
  "block.title": "Block {name}?",

  "follows.followers": "Followers of @{username}",
  "follows.followersNone": "No followers yet",
  "follows.followersNoneBody": "Whoever follows this person will be listed here.",
  "follows.following": "@{username} follows",
  "follows.followingNone": "Follows nobody yet",
  "follows.followingNoneBody": "Search for people by name or username, and follow the ones whose pictures you like.",

  "people.block": "Block",
  "people.follow": "Follow",
  "people.followBack": "Follow back",
  "people.message": "Message",
  "people.nobody": "Deleted account",
  "people.nobodyHere": "Nobody here goes by @{username}",
  "people.nobodyHereBody": "The name may have changed. Search for the person by name instead.",
  "people.unblock": "Unblock",
  "people.unfollow": "Unfollow",
  "people.viewProfile": "View profile",

  "presence.lastSeen": "Last seen {when}",
  "presence.online": "Online",

  "profile.badLink": "A link starts with https:// and names a site.",
  "profile.bio": "About you",
  "profile.bioHint": "{left, plural, one {# character left} other {# characters left}}",
  "profile.choosePicture": "Choose a picture",
  "profile.copyLink": "Copy link to profile",
  "profile.edit": "Edit profile",
  "profile.followers": "{count, plural, one {follower} other {followers}}",
  "profile.following": "following",
  "profile.links": "Links",
  "profile.linksHint": "One a line, at most {most}",
  "profile.menu": "Profile menu",
  "profile.mine": "My profile",
  "profile.name": "Name",
  "profile.nameEmpty": "A name is needed.",
  "profile.pictureHint": "Shown as a circle. Saved as you choose it.",
  "profile.removePicture": "Remove",
  "profile.tooLong": "At most {most} characters.",
  "profile.tooManyLinks": "At most {most} links.",

  "relation.blocked": "Blocked",
  "relation.following": "Following",
  "relation.followsYou": "Follows you",
  "relation.friends": "Friends",

  "share.action": "Share in a message",
  "share.done": "{count, plural, one {Shared} other {Shared in # conversations}}",
  "share.title": "Share the profile of {name}",

  "unfollow.body": "You will no longer follow {name}. They are not told.",
  "unfollow.friendsBody":
    "You and {name} will no longer be friends. If one of you takes messages from friends only, the conversation closes.",
  "unfollow.title": "Unfollow {name}?",
} as const;
