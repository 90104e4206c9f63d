using System.Collections.Immutable;
using Attune.Cli.Cohort;
using Attune.Cli.CohortRun;
using Attune.Cli.Commands;
using Attune.Cli.Commands.Records;
using Attune.Cli.Commands.Zoo;
using Attune.Cli.Conformance;
using Attune.Cli.Design;
using Attune.Cli.Doctor;
using Attune.Cli.Experiments;
using Attune.Cli.Quantise;
using Attune.Cli.Recording;
using Attune.Cli.Transfer;

namespace Attune.Cli;

/// <summary>Every command there is, in the order in which a newcomer needs them.</summary>
internal static class CommandList
{
    public static ImmutableArray<CliCommand> All() =>
    [
        new TuneCommand(),
        new CheckCommand(),
        new BenchCommand(),
        new VerifyCommand(),
        new RunCommand(),
        new QuantizeCommand(),
        new ConformanceCommand(),
        new CommandGroup(
            "records",
            "Look at tuning records, join, export and import them.",
            new RecordsListCommand(),
            new RecordsShowCommand(),
            new RecordsBestCommand(),
            new RecordsMergeCommand(),
            new RecordsExportCommand(),
            new RecordsImportCommand()),
        new TunersCommand(),
        new LearnCommand(),
        new BenchmarkTunersCommand(),
        new RecordSpaceCommand(),
        new CommandGroup(
            "experiment",
            "Repeat a paper's experiment on this CPU or on recorded devices; writes HTML, Markdown and JSON.",
            new DateCommand(),
            new IccvCommand(),
            new OneProxyCommand()),
        new CommandGroup(
            "cohort",
            "Several networks with deadlines on one machine: profile them, run them, simulate, compare policies, check whether a set fits.",
            new CohortProfileCommand(),
            new CohortRunCommand(),
            new CohortSimulateCommand(),
            new CohortCompareCommand(),
            new CohortAdmitCommand(),
            new CohortReplayCommand(),
            new KnobWriterCommand()),
        new CommandGroup(
            "design",
            "Search a family of models for the member that suits a device: predicted, measured, tuned.",
            [.. DesignCommands.All(), new MatrixCommand(), new ReportCommand()]),
        new ExplainCommand(),
        new CommandGroup("zoo", "List and export built-in networks.", new ZooListCommand(), new ZooExportCommand()),
        new DoctorCommand(),
        new WorkerProcessCommand(),
        new LoadProbeCommand(),
        new DeviceProbeCommand(),
        new ConformanceWorkerCommand(),
        new KnobGuardCommand(),
    ];
}
