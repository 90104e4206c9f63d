using System.Diagnostics;
using Attune.Records.Journals;

namespace Attune.Records.Tests.Journals;

/// <summary>However two processes name a file, only one of them appends to it.</summary>
public sealed class SharedFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("symbolic link")]
    [InlineData("hard link")]
    [InlineData("linked folder")]
    [InlineData("detour")]
    public async Task Another_name_of_the_same_file_meets_the_same_lock(string way)
    {
        Directory.CreateDirectory(folder.File("a"));
        string path = folder.File("a/tuning.jsonl");
        File.WriteAllBytes(path, JournalLine.Encode(Sample.Record()));
        string other = folder.File("b.jsonl");
        switch (way)
        {
            case "symbolic link":
                File.CreateSymbolicLink(other, path);
                break;
            case "hard link":
                using (Process link = Process.Start("ln", [path, other]))
                {
                    await link.WaitForExitAsync();
                }

                break;
            case "linked folder":
                Directory.CreateSymbolicLink(folder.File("c"), folder.File("a"));
                other = folder.File("c/tuning.jsonl");
                break;
            default:
                other = folder.File("a/../a/./tuning.jsonl");
                break;
        }

        using (Journal.Open(path))
        {
            Should.Throw<JournalException>(() => Journal.Open(other)).Failure.ShouldBe(JournalFailure.InUse);

            // Reading, and closing what was read, neither needs nor drops the lock.
            JournalReader.Read(other).Records.ShouldHaveSingleItem();
            Should.Throw<JournalException>(() => Journal.Open(other)).Failure.ShouldBe(JournalFailure.InUse);
            Should.Throw<JournalException>(() => RecordMerge.Files([path], other)).Failure.ShouldBe(JournalFailure.InUse);
        }

        Journal.Open(other).Dispose();
    }

    [Fact]
    [Trait(Category.Name, Category.Slow)]
    public async Task Two_processes_through_a_link_lose_nothing()
    {
        string path = folder.File("a.jsonl");
        string link = folder.File("b.jsonl");
        File.CreateSymbolicLink(link, path);
        using Process first = Start(path);
        (await first.StandardOutput.ReadLineAsync()).ShouldBe("0");
        using Process second = Start(link);
        long last = -1;
        for (int i = 0; i < 200; i++)
        {
            last = long.Parse((await first.StandardOutput.ReadLineAsync()).ShouldNotBeNull());
        }

        await second.WaitForExitAsync();
        second.ExitCode.ShouldNotBe(0, "the second one is told that the file is in use");
        (await second.StandardError.ReadToEndAsync()).ShouldContain("Another process is writing");
        first.Kill();
        await first.WaitForExitAsync();

        JournalContents contents = JournalReader.Read(path);
        contents.Damage.ShouldBeEmpty();
        contents.Records.Length.ShouldBeGreaterThanOrEqualTo((int)last + 1);
        contents.Records.Select(record => record.Sequence).ShouldBe(Enumerable.Range(0, contents.Records.Length).Select(i => (long)i));
        Journal.Open(link).Dispose();
    }

    private static Process Start(string path)
    {
        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        return Process.Start(new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, "Attune.Records.TestWriter.dll"), path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
    }
}
