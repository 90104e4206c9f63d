using System.Text.RegularExpressions;

namespace Attune.Architecture;

/// <summary>Rules that a project reference cannot express, checked in the text of the sources.</summary>
public sealed partial class SourceRuleTests
{
    private const int LongestFile = 400;
    private const int LongestLine = 160;

    // A model must be compiled to be run, a recording needs a worker while its progress is told, and designs are drawn to be shown.
    private static readonly string[] OwnWork = ["RunnableModel.cs", "RecordSpaceCommand.cs", "SpaceCheckCommand.cs"];

    // The description of this machine, the defaults of options, the list of back ends, and a checksum that has nothing to do with kernels.
    private static readonly string[] AskTheMachine = ["HostTarget.cs", "ModelOptions.cs", "TuneOptions.cs", "BackendCatalog.cs", "Crc32.cs"];

    [Fact]
    public void Only_Devices_calls_native_code() => Offenders(NativeCode(), "Attune.Devices").ShouldBeEmpty();

    [Fact]
    public void Only_Cli_uses_the_console() => Offenders(ConsoleUse(), "Attune.Cli").ShouldBeEmpty();

    [Fact]
    public void Only_Measuring_starts_processes() => Offenders(ProcessStart(), "Attune.Measuring").ShouldBeEmpty();

    [Fact]
    public void Only_Graph_knows_protobuf() => Offenders(Protobuf(), "Attune.Graph").ShouldBeEmpty();

    [Fact]
    public void Cli_leaves_the_work_to_the_libraries() =>
        Checkout.Sources("src/Attune.Cli").Where(
            file => !OwnWork.Contains(Path.GetFileName(file))).SelectMany(file => Matches(LibraryWork(), file)).ShouldBeEmpty();

    [Theory]
    [InlineData("using var journal = Journal.Open(path);", true)]
    [InlineData("var times = new TuningRun(tasks, options, measurer, log, clock, null);", true)]
    [InlineData("Result<RecordedSet, RecordedSetError> set = RecordedSet.Open(values);", false)]
    [InlineData("var session = new TuneSession(loaded.Network, options, invocation.Clock);", false)]
    public void What_counts_as_work_of_a_library_is_told_from_calling_one(string code, bool isWork) => LibraryWork().IsMatch(code).ShouldBe(isWork);

    [Fact]
    public void Targets_are_told_and_not_asked_of_the_machine() =>
        new[] { "src/Attune.Kernels", "src/Attune.Tuning", "src/Attune.Runtime" }.SelectMany(Checkout.Sources)
            .Where(file => !AskTheMachine.Contains(Path.GetFileName(file)))
            .SelectMany(file => Matches(MachineQuestion(), file))
            .ShouldBeEmpty();

    [Fact]
    public void Only_Web_knows_a_web_server() => Offenders(WebServer(), "Attune.Web").ShouldBeEmpty();

    [Fact]
    public void Only_Records_splits_tables() => Offenders(TableSplitter(), "Attune.Records").ShouldBeEmpty();

    [Fact]
    public void Nothing_is_left_unfinished() =>
        Checkout.Sources("src").Concat(Checkout.Sources("bench")).SelectMany(file => Matches(Unfinished(), file)).ShouldBeEmpty();

    [Fact]
    public void No_failure_is_swallowed() =>
        Checkout.Sources("src").Concat(Checkout.Sources("tests")).SelectMany(file => Matches(EmptyCatch(), file)).ShouldBeEmpty();

    [Fact]
    public void Files_stay_short() =>
        Checkout.Sources("src").Where(file => File.ReadLines(file).Count() > LongestFile).Select(Checkout.Relative).ShouldBeEmpty();

    [Fact]
    public void Lines_stay_short() =>
        new[] { "src", "bench", "samples" }.SelectMany(Checkout.Sources)
            .SelectMany(file => File.ReadLines(file).Where(line => line.Length > LongestLine).Select(line => $"{Checkout.Relative(file)}: {line.Trim()}"))
            .ShouldBeEmpty();

    [Fact]
    public void A_file_declares_one_public_type() =>
        Checkout.Sources("src").Where(file => !HasOnePublicType(File.ReadAllText(file))).Select(Checkout.Relative).ShouldBeEmpty();

    [Fact]
    public void Names_say_what_a_thing_is() =>
        Checkout.Sources("src").Where(file => VagueName().IsMatch(Path.GetFileNameWithoutExtension(file))).Select(Checkout.Relative).ShouldBeEmpty();

    [Fact]
    public void Randomness_is_seeded() =>
        Checkout.Sources("src").SelectMany(file => Matches(UnseededRandom(), file)).ShouldBeEmpty();

    private static IEnumerable<string> Offenders(Regex rule, string exempt) =>
        Checkout.Sources("src").Where(
            file => !Checkout.Relative(file).StartsWith(Path.Combine("src", exempt) + Path.DirectorySeparatorChar)).SelectMany(file => Matches(rule, file));

    // A closed family (an abstract record and the cases derived from it) reads best in one file.
    private static bool HasOnePublicType(string source)
    {
        string[] declarations = [.. PublicType().Matches(source).Select(match => match.Value)];
        return declarations.Length <= 1
            || declarations[1..].All(declaration => Regex.IsMatch(
                declaration, $@":\s*{FirstName().Match(declarations[0]).Groups["name"].Value}\b", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    private static IEnumerable<string> Matches(Regex rule, string file) =>
        rule.Matches(File.ReadAllText(file)).Select(match => $"{Checkout.Relative(file)}: {match.Value}");

    [GeneratedRegex(
        @"\bHostTarget\.|\bIsHardwareAccelerated\b|\bCpuDevice\.Detect\(|\b[A-Z][a-z0-9]+\.IsSupported\b",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex MachineQuestion();

    [GeneratedRegex(@"\[(DllImport|LibraryImport)\b|\bNativeLibrary\.|delegate\* *unmanaged", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex NativeCode();

    [GeneratedRegex(@"(?<![\w.])Console\.\w+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ConsoleUse();

    [GeneratedRegex(@"\bProcess\.Start\(|\bnew Process\b|\bProcessStartInfo\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ProcessStart();

    [GeneratedRegex(@"\bGoogle\.Protobuf\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Protobuf();

    [GeneratedRegex(
        @"\busing (Microsoft\.AspNetCore|OpenTelemetry)\b|\bnew (Tcp|Http)Listener\b",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex WebServer();

    // What commands do through a session or a factory of a library: records, workers, searches, compiled kernels, threads, clocks, hashes, random numbers.
    [GeneratedRegex(
        @"\bJournal\.Open\(|\bnew (WorkerMeasurer|TuningRun|TuningTask|SearchLoop|KernelSearch|"
        + @"DecisionJournal|PlanWatch|PeriodicLoad|ThreadTeam|Thread|Random|SemaphoreSlim|ConcurrentDictionary)\b|"
        + @"\bCompiledModel\.(Compile|Load)\(|\bRunningCohort\.Start\(|\bDesignStore\.Open\(|"
        + @"\bStopwatch\b|\bParallel\.|\bIncrementalHash\b|\bProcessStartInfo\b|\bunsafe\b|\bfixed \(",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex LibraryWork();

    [GeneratedRegex(@"\bnietras\.SeparatedValues\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex TableSplitter();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|\bNotImplementedException\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"catch\s*(\([^)]*\))?\s*\{\s*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(
        @"^public (?:(?:static|sealed|abstract|partial|readonly|unsafe|ref) )*(?:class|record|struct|interface|enum|delegate)\b[^{;]*",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"(class|record struct|record|struct|interface|enum) (?<name>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FirstName();

    [GeneratedRegex(
        "(Manager|Helper|Helpers|Utils|Utilities|Common)$|^(Manager|Helper|Utils|Common)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex VagueName();

    [GeneratedRegex(@"new Random\(\)|\bRandom\.Shared\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex UnseededRandom();
}
