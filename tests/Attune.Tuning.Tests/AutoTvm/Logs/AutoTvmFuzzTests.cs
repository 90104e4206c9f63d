using System.Globalization;
using System.Text;
using Attune.Devices;
using Attune.Kernels.Targets;
using Attune.Records;
using Attune.Records.AutoTvm;
using Attune.Records.Journals;
using Attune.Tuning.AutoTvm.Logs;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.Tests.AutoTvm.Logs;

/// <summary>
/// Changed lines of logs: each is a fault, is left out with a reason, or becomes a record that a records file keeps and that gives the line back.
/// ATTUNE_FUZZ_FILES and ATTUNE_FUZZ_SEED choose how many and which.
/// </summary>
public sealed class AutoTvmFuzzTests : IDisposable
{
    private static readonly string[] Pieces =
    [
        "-1", "0", "1e999", "1e306", "-1e308", "9223372036854775808", "1024", "32768", "65536", "65537", "55440", "1.5", "null", "true", "\"\"", "\"\\ud800\"",
        "[]", "{}", "[[[[[[[[[[[[[[[[[[[[",
        "\"NCHW\"", "\"float32\"", "\"winograd\"", "\"dense.mali\"", "\"conv2d_nchw_spatial_pack.mali\"", "\"conv2d_transpose_nchw.cuda\"", "\u0000",
        "\u2028", "#",
    ];

    private static readonly KernelTarget Gpu = new() { Kind = TargetKind.Cuda, Lanes = 1, Groups = new GroupLimits(1024, 48 << 10, 32) };

    private readonly string folder = Directory.CreateTempSubdirectory("attune-fuzz-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Changed_lines_never_throw_and_what_is_taken_is_kept_and_given_back()
    {
        var random = new Random(Number("ATTUNE_FUZZ_SEED", 1));
        var taken = new List<(string Line, TuningRecord Record)>();
        var tasks = new AutoTvmTasks();
        int faults = 0;
        for (int i = 0; i < Number("ATTUNE_FUZZ_FILES", 4000); i++)
        {
            string line = Changed(Published.All[random.Next(Published.All.Length)], random);
            AutoTvmLog log = AutoTvmLog.Read([line]);
            faults += log.FaultyLines;
            foreach (AutoTvmRecord record in log.Records)
            {
                Result<TuningRecord, string> made = AutoTvmImport.Of(record, tasks);
                if (made.Succeeded)
                {
                    taken.Add((line, made.Value));
                    _ = AutoTvmExport.Of(made.Value with { Origin = null }, tasks);
                }
                else
                {
                    made.Error.ShouldNotBeNullOrEmpty();
                }
            }
        }

        // A fuzzer whose every line is refused tests the reader only.
        taken.Count.ShouldBeGreaterThan(100);
        faults.ShouldBeGreaterThan(100);
        string path = Path.Combine(folder, "kept.jsonl");
        JournalFile.Replace(path, () => taken.Select(each => each.Record));
        JournalContents kept = JournalReader.Read(path);
        kept.Damage.ShouldBeEmpty();
        kept.Records.Select(record => AutoTvmExport.Text(AutoTvmExport.Of(record).OrThrow(reason => new InvalidOperationException(reason)))).ShouldBe(
            taken.Select(each => each.Line));
        TuningHistory.FromRecords(kept.Records, Gpu).Sparse.ShouldNotBeEmpty();
    }

    private static string Changed(string line, Random random)
    {
        var text = new StringBuilder(line);
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(text.Length);
            int length = Math.Min(random.Next(1, 12), text.Length - at);
            switch (random.Next(5))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(at, text.ToString(at, length));
                    break;
                case 2:
                    text[at] = (char)random.Next(32, 127);
                    break;
                case 3:
                    text.Length = Math.Max(1, at);
                    break;
                default:
                    ReplaceValue(text, at, Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        return text.ToString();
    }

    // Between two marks of JSON stands a value.
    private static void ReplaceValue(StringBuilder text, int near, string piece)
    {
        string all = text.ToString();
        char[] marks = [',', '[', ']', ':', '{', '}'];
        int from = all.LastIndexOfAny(marks, near) + 1;
        int to = all.IndexOfAny(marks, from);
        to = to < 0 ? all.Length : to;
        text.Remove(from, to - from).Insert(from, piece);
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
