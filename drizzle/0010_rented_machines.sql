CREATE TABLE "rented_machines" (
	"platform" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"job" text NOT NULL,
	"state" text NOT NULL,
	"address" text,
	"fault" text,
	"price_per_hour" double precision,
	"since" timestamp with time zone NOT NULL,
	"listed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "rented_machines_platform_id_pk" PRIMARY KEY("platform","id")
);
--> statement-breakpoint
ALTER TABLE "rented_machines" ADD CONSTRAINT "rented_machines_platform_platforms_name_fk" FOREIGN KEY ("platform") REFERENCES "public"."platforms"("name") ON DELETE cascade ON UPDATE cascade;