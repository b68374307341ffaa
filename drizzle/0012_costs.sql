ALTER TABLE "nodes" ADD COLUMN "gone_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "price_per_hour" double precision;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "cost_limit" double precision;--> statement-breakpoint
CREATE INDEX "nodes_priced" ON "nodes" USING btree ("gone_at") WHERE "nodes"."price_per_hour" is not null;