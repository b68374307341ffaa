ALTER TABLE "nodes" DROP COLUMN "batch";--> statement-breakpoint
ALTER TABLE "nodes" DROP COLUMN "journal_offset";