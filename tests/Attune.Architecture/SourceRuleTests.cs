using System.Text.RegularExpressions;

namespace Attune.Architecture;

/// <summary>Rules that a project reference cannot express, checked in the text of the sources.</summary>
public sealed partial class SourceRuleTests
{
    private const int LongestFile = 400;
    private const int LongestLine = 160;

    // Designs are drawn to be shown.
    private static readonly string[] OwnWork = ["SpaceCheckCommand.cs"];

    // The description of this machine, the defaults of options, the list of back ends, and a checksum that has nothing to do with kernels.
    private static readonly string[] AskTheMachine = ["HostTarget.cs", "ModelOptions.cs", "DeviceProfile.cs", "BackendCatalog.cs", "Crc32.cs"];

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
        new[] { "src", "bench", "samples", "tests" }.SelectMany(Checkout.Sources)
            .SelectMany(file => Wrappable(File.ReadLines(file)).Where(line => line.Length > LongestLine).Select(
                line => $"{Checkout.Relative(file)}: {line.Trim()}"))
            .ShouldBeEmpty();

    [Fact]
    public void Usings_are_sorted() =>
        new[] { "src", "bench", "samples", "tests" }.SelectMany(Checkout.Sources).Where(file => !AreSorted(File.ReadLines(file))).Select(Checkout.Relative)
            .ShouldBeEmpty();

    [Theory]
    [InlineData("System.Text;Attune.Kernels;Attune.Kernels.Loops;Xunit", true)]
    [InlineData("Attune.Kernels;System.Text", false)]
    [InlineData("Attune.Runtime;Attune.Kernels", false)]
    [InlineData("Attune.Kernels.Loops;Attune.Kernels", false)]
    public void Sorted_usings_begin_with_the_base_library(string names, bool sorted) =>
        AreSorted(names.Split(';').Select(name => $"using {name};").Append("namespace A;").Append("using Aa;")).ShouldBe(sorted);

    [Fact]
    public void Lines_of_raw_strings_are_as_long_as_what_they_hold() =>
        Wrappable(["before", "a = \"\"\"one\"\"\";", "b = \"\"\"", "within", "\"\"\";", "after"]).ShouldBe(["before", "after"]);

    [Fact]
    public void A_file_declares_one_public_type() =>
        Checkout.Sources("src").Where(file => !HasOnePublicType(File.ReadAllText(file))).Select(Checkout.Relative).ShouldBeEmpty();

    [Fact]
    public void Names_say_what_a_thing_is() =>
        Checkout.Sources("src").Where(file => VagueName().IsMatch(Path.GetFileNameWithoutExtension(file))).Select(Checkout.Relative).ShouldBeEmpty();

    [Fact]
    public void Randomness_is_seeded() =>
        Checkout.Sources("src").SelectMany(file => Matches(UnseededRandom(), file)).ShouldBeEmpty();

    // What a raw string holds cannot be wrapped without becoming another text.
    private static IEnumerable<string> Wrappable(IEnumerable<string> lines)
    {
        bool isRaw = false;
        foreach (string line in lines)
        {
            int quotes = RawQuotes().Count(line);
            if (!isRaw && quotes == 0)
            {
                yield return line;
            }

            isRaw ^= quotes % 2 == 1;
        }
    }

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

    private static bool AreSorted(IEnumerable<string> lines)
    {
        string[][] names =
        [
            .. lines.TakeWhile(line => !line.StartsWith("namespace", StringComparison.Ordinal))
                .Select(line => Using().Match(line))
                .Where(found => found.Success)
                .Select(found => found.Groups["name"].Value.Split('.')),
        ];
        return names.Zip(names.Skip(1)).All(pair => Compare(pair.First, pair.Second) <= 0);

        static int Compare(string[] first, string[] second)
        {
            int order = (second[0] == "System").CompareTo(first[0] == "System");
            for (int i = 0; order == 0 && i < Math.Min(first.Length, second.Length); i++)
            {
                order = string.Compare(first[i], second[i], StringComparison.OrdinalIgnoreCase);
            }

            return order == 0 ? first.Length.CompareTo(second.Length) : order;
        }
    }

    [GeneratedRegex(@"^using (?<name>[\w.]+);$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Using();

    [GeneratedRegex(
        @"\bHostTarget\.|\bIsHardwareAccelerated\b|\bCpuDevice\.Detect\(|\b[A-Z][a-z0-9]+\.IsSupported\b",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex MachineQuestion();

    [GeneratedRegex("\"{3,}", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex RawQuotes();

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
