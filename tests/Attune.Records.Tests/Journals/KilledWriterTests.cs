using System.Diagnostics;
using Attune.Records.Journals;

namespace Attune.Records.Tests.Journals;

public sealed class KilledWriterTests
{
    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public async Task A_killed_process_loses_at_most_the_record_under_way_and_frees_the_journal()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("tuning.jsonl");
        for (int round = 0; round < 3; round++)
        {
            long acknowledged = await WriteUntilKilledAsync(path, lines: 50 + (round * 31));

            using Journal journal = Journal.Open(path);
            long[] sequences = [.. journal.Contents.Records.Select(record => record.Sequence)];
            sequences.ShouldBe(Enumerable.Range(0, sequences.Length).Select(i => (long)i));
            sequences.Length.ShouldBeGreaterThanOrEqualTo((int)acknowledged + 1);
            journal.Contents.Damage.ShouldBeEmpty();
        }
    }

    // Returns the last sequence that the process reported as written before it was killed.
    private static async Task<long> WriteUntilKilledAsync(string path, int lines)
    {
        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        using Process writer = Process.Start(new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, "Attune.Records.TestWriter.dll"), path])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        long last = -1;
        for (int i = 0; i < lines; i++)
        {
            last = long.Parse((await writer.StandardOutput.ReadLineAsync()).ShouldNotBeNull());
            if (i == 0)
            {
                Should.Throw<JournalException>(() => Journal.Open(path)).Failure.ShouldBe(JournalFailure.InUse);
            }
        }

        writer.Kill();
        await writer.WaitForExitAsync();
        return last;
    }
}
