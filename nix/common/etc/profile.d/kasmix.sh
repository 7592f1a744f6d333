# For login shells of `docker exec`.
. /dockerstartup/generate_container_user
