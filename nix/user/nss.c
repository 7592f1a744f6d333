// libnss_kasmix.so.2: glibc asks it for users that /etc/passwd does not have (passwd: files kasmix). It names the user of
// the asking process, because Kubernetes, OpenShift and `docker run --user` start containers with any id, and many programs
// do not start without a name. What `docker exec` runs has the name too.

#include <nss.h>
#include <pwd.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char prefix[] = "kasm-user-";

enum nss_status _nss_kasmix_getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size, int *error) {
  const char *home = getenv("HOME");
  if (uid != geteuid() || uid == 0) return NSS_STATUS_NOTFOUND;
  if (home == NULL || *home != '/') home = "/home/kasm-user";
  int name = snprintf(buffer, size, "%s%u", prefix, (unsigned)uid) + 1;
  if (name + strlen(home) + 1 > size) {
    *error = ERANGE;
    return NSS_STATUS_TRYAGAIN;
  }
  entry->pw_name = buffer;
  entry->pw_dir = strcpy(buffer + name, home);
  entry->pw_uid = uid;
  entry->pw_gid = getegid();
  entry->pw_passwd = "*";
  entry->pw_gecos = "Kasm user";
  entry->pw_shell = "/bin/bash";
  return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_kasmix_getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size, int *error) {
  char own[sizeof prefix + 12];
  snprintf(own, sizeof own, "%s%u", prefix, (unsigned)geteuid());
  if (strcmp(name, own) != 0) return NSS_STATUS_NOTFOUND;
  return _nss_kasmix_getpwuid_r(geteuid(), entry, buffer, size, error);
}
