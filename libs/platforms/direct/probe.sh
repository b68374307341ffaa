# Prints `reached` and the name of the server's software, if it greets and has the right host key; it lets nobody in without a key.
said=$(reach -v -o PreferredAuthentications=none </dev/null 2>&1 | tr -d '\r')
case $said in
*'Permission denied'*) printf '%s\n' "$said" | sed -n 's/.*remote software version /reached /p' | sed q ;;
*) refuse "$(printf '%s\n' "$said" | grep -v '^debug' | tail -n 1)" ;;
esac
