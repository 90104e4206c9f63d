using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Devices;
using Attune.Devices.Files;
using Attune.Records;
using Attune.Records.AutoTvm;
using Attune.Records.Journals;
using Attune.Tuning.AutoTvm.Logs;

namespace Attune.Cli.Commands.Records;

/// <summary><c>attune records export</c>: records as CSV, JSON or a log of AutoTVM.</summary>
internal sealed class RecordsExportCommand : CliCommand
{
    private const string Csv = "csv";
    private const string Json = "json";
    private const string AutoTvm = "autotvm";

    private readonly Argument<string[]> files = RecordFiles.Argument();
    private readonly Option<string> output = SharedOptions.Output("The file to write.");
    private readonly Option<string> format = new("--format")
    {
        Description = "csv, json, or autotvm: a log of TVM's AutoTVM, of those records that are points of its spaces.",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => Csv,
    };

    public RecordsExportCommand()
        : base(
            "export",
            "Write records as CSV, JSON or a log of AutoTVM for other programs.",
            "attune records export --format csv -o records.csv",
            "attune records export --format autotvm gpu.jsonl -o gpu.log")
    {
        output.Required = true;
        format.AcceptOnlyFromAmong(Csv, Json, AutoTvm);
        Command.Arguments.Add(files);
        Command.Options.Add(output);
        Command.Options.Add(format);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        var read = RecordFiles.Of(invocation.Value(files)!);
        string target = invocation.Value(output)!;
        JournalFile.RequireNoRecords(target);
        int count = 0;
        ImmutableArray<string> warnings = [];
        void Visit(Action<TuningRecord> write) => warnings = read.Visit(record =>
        {
            count++;
            write(record);
        });
        SortedDictionary<string, int> without = new(StringComparer.Ordinal);
        AtomicFile.Write(target, stream =>
        {
            if (invocation.Value(format) == Json)
            {
                RecordExport.WriteJson(stream, Visit);
                return;
            }

            using var writer = new StreamWriter(stream, leaveOpen: true);
            if (invocation.Value(format) == AutoTvm)
            {
                WriteLog(writer, Visit, without);
                RequireLines(count, without, target);
            }
            else
            {
                RecordExport.WriteCsv(writer, Visit);
            }
        });
        int left = without.Values.Sum();
        return Task.FromResult(new CommandResult(new { Records = count - left, LeftOut = left }, report => report.Line(Units.Counted(count - left, "record")))
        {
            Warnings = [.. warnings, .. Reasons(without)],
            Written = [target],
        });
    }

    private static void WriteLog(StreamWriter writer, Action<Action<TuningRecord>> visit, SortedDictionary<string, int> without)
    {
        var tasks = new AutoTvmTasks();
        visit(record =>
        {
            Result<AutoTvmRecord, string> line = AutoTvmExport.Of(record, tasks);
            if (line.Succeeded)
            {
                writer.Write(AutoTvmExport.Text(line.Value));
                writer.Write('\n');
            }
            else
            {
                without[line.Error] = without.GetValueOrDefault(line.Error) + 1;
            }
        });
    }

    // Thrown while the file is written, so that nothing takes its name.
    private static void RequireLines(int count, SortedDictionary<string, int> without, string target)
    {
        if (without.Values.Sum() == count)
        {
            throw new CommandFailedException(new Failure(
                ExitCode.Model,
                ErrorCodes.NothingConverted,
                $"None of {Units.Counted(count, "record")} is a point of AutoTVM's spaces; {target} was not written.",
                "Export records of a tune with --device opencl:N or cuda:N, or imported ones.")
            { Details = [.. Reasons(without)] });
        }
    }

    private static IEnumerable<string> Reasons(SortedDictionary<string, int> without) => without.Select(reason => $"{reason.Value} {reason.Key} left out.");
}
