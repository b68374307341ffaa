UPDATE "platforms" SET "cloud" = ("cloud" - 'authUrl') || jsonb_build_object('provider', 'openstack', 'endpoint', "cloud"->'authUrl', 'floatingNetwork', '', 'userData', '') WHERE "cloud" ? 'authUrl';
