using System.Collections.Immutable;
using Attune.Graph.Npy;

namespace Attune.Cli.Output;

/// <summary>Codes of failures that the command line itself reports. Models have AT20nn codes of their own.</summary>
internal static class ErrorCodes
{
    public const string Bug = "AT0001";
    public const string Build = "AT0002";
    public const string Arguments = "AT1001";
    public const string UnknownCommand = "AT1002";
    public const string UnknownOption = "AT1003";
    public const string TooManyThreads = "AT1004";
    public const string BadValue = "AT1005";
    public const string BadTunerOption = "AT1006";
    public const string FileAccess = "AT1010";
    public const string UnknownCode = "AT1011";
    public const string Unprintable = "AT1012";
    public const string MalformedArray = NpyFile.MalformedCode;
    public const string InputMismatch = "AT2102";
    public const string MalformedTunedModel = "AT2110";
    public const string NoConformanceTests = "AT2120";
    public const string MalformedSpace = "AT2130";
    public const string UnbuildableSpace = "AT2131";
    public const string MalformedAccuracy = "AT2132";
    public const string NotQuantisable = "AT2140";
    public const string UnfitSamples = "AT2141";
    public const string MalformedRecords = "AT3001";
    public const string RecordsInUse = "AT3002";
    public const string MalformedRecording = "AT3003";
    public const string MalformedPrior = "AT3004";
    public const string NothingToLearn = "AT3005";
    public const string NothingConverted = "AT3006";
    public const string MalformedPlan = "AT3010";
    public const string MalformedProfile = "AT3011";
    public const string MalformedDecisions = "AT3013";
    public const string MalformedMeasurements = "AT3020";
    public const string MissingSdk = "AT4001";
    public const string MissingPeer = "AT4002";
    public const string PeerFailed = "AT4003";
    public const string NoWorker = "AT4004";
    public const string NoMeter = "AT4005";
    public const string KnobsInUse = "AT4006";
    public const string CannotListen = "AT4007";
    public const string NoKnobWriter = "AT4008";
    public const string NoDevice = "AT4009";
    public const string DeviceFailed = "AT4010";
    public const string OtherMachine = "AT3012";
    public const string OldProfile = "AT3014";
    public const string UnknownKnob = "AT1020";
    public const string WrongResult = "AT5001";
    public const string Slower = "AT5002";
    public const string ConformanceFailed = "AT5003";
    public const string NothingWorked = "AT5004";
    public const string NotAdmitted = "AT5006";
    public const string DecisionsDiffer = "AT5007";
    public const string BudgetNotKept = "AT5008";
    public const string NoDesignFits = "AT5005";
    public const string Stopped = "AT6001";

    /// <summary>What each code means and what helps, for <c>attune explain ATnnnn</c>.</summary>
    public static readonly ImmutableSortedDictionary<string, string> Meanings = new Dictionary<string, string>
    {
        [Bug] = "A defect of Attune. The crash file named in the message holds the details; please report it with the command you ran.",
        [Build] = "./attune could not build the checkout. The compiler's messages are in artifacts/build.log.",
        [Arguments] = "The arguments do not fit the command. Every command explains itself with --help.",
        [UnknownCommand] = "There is no such command; attune --help lists them.",
        [UnknownOption] = "The command has no such option; --help lists those it has.",
        [TooManyThreads] = "More threads than processors only wait for each other, and timings taken so mean nothing.",
        [BadValue] = "An option's value cannot be read; its --help shows the form.",
        [BadTunerOption] = "A tuner has no such option, or the value is out of its range; attune tuners NAME lists options, values and defaults.",
        [FileAccess] = "A file or folder cannot be read or written: it is missing, there already, belongs to someone else, or the disk is full.",
        [UnknownCode] = "Codes look like AT2020; every failure prints its own.",
        [Unprintable] = "The stream for results is closed, or its disk is full. The command did its work all the same: files that it wrote are complete, and a "
            + "tuned model's report is on the error stream.",
        [MalformedArray] = "A .npy file must be version 1 to 3, C order, with a numeric element type, and exactly as long as its header says.",
        [InputMismatch] = "An input array does not fit the model: its name, element type or shape differs.",
        [MalformedTunedModel] = "A .attune file is a zip whose parts carry hashes; this one is damaged, incomplete or of a newer version.",
        [NoConformanceTests] = "The folder holds no tests in ONNX's layout: one folder per test with model.onnx and test_data_set_N.",
        [MalformedSpace] = "A family of models is a JSON file with family, genes, perhaps rules, and build; every fault is told with its place.",
        [UnbuildableSpace] = "No design of the family gives a model: the rules leave nothing, the template's sizes do not fit, or the space's program fails or "
            + "was not allowed to run.",
        [MalformedAccuracy] = "Accuracies come from a CSV file with design or all genes and accuracy, from a program that prints {\"accuracy\": number}, or "
            + "from a zero-cost ranking.",
        [NotQuantisable] = "The network cannot be quantised: its operator set is too old, it is quantised already, or no layer has constant weights of "
            + "32-bit floats.",
        [UnfitSamples] = "Samples are .npy or .pb arrays of the model's input type and shape, one or several in a file, or one folder for each; their numbers "
            + "must be finite and not all the same. Labels are whole numbers, as many as there are answers.",
        [MalformedRecords] = "A records file is not one of ours, or was written by a newer version.",
        [RecordsInUse] = "Another tune writes to the same records file. Wait for it, or use --records with another file.",
        [MalformedRecording] = "A recorded device is a table with a column per knob, then status (ok or a failure), time_ms, time_sd_ms, compile_ms, "
            + "benchmark_ms, and a line per configuration; this one is not, or nothing in it works.",
        [MalformedPrior] = "A prior holds what attune learn found, with a checksum; this file is damaged, of another version, or no prior.",
        [NothingToLearn] = "None of the files holds a task with enough timed configurations, of kernels that this version still makes.",
        [NothingConverted] = "None of the records has a counterpart in the other program's format, or none of the lines is a record of it; details say why, "
            + "by reason.",
        [MalformedPlan] = "A cohort's plan has a field that is missing, unknown or out of range, or does not fit its profiles; docs/cohort.md describes plans.",
        [MalformedProfile] = "A cohort profile is damaged, of another version, or no profile; attune cohort profile makes them.",
        [MalformedDecisions] = "A decision log is a file of JSON lines, as cohort run --log writes it; this one is damaged, of another version, or of another "
            + "cohort than the plan's.",
        [MalformedMeasurements] = "A folder of measured designs holds latency_ms.csv: key columns (row, design, or a name that ends in index), then a column "
            + "of milliseconds per device, empty where a design does not run; architectures.csv and accuracy.csv beside it list the same "
            + "designs in the same order.",
        [MissingSdk] = "Attune is built from source and needs the .NET 10 SDK.",
        [MissingPeer] = "The program to compare with is not installed. ./attune of a checkout fetches ONNX Runtime when it is asked for; beside an installed "
            + "tool it is a package: dotnet tool install --global Attune.Peers.OnnxRuntime. Comparing with another model works without it.",
        [PeerFailed] = "The program to compare with refused the model or ended early; the message is its own.",
        [NoWorker] = "The process in which candidates are measured could not be started; the message holds its command and what it printed.",
        [NoMeter] = "The energy meter that was asked for is not there, or needs root to be read. Without one, --meter estimated makes energies from busy "
            + "threads and says so.",
        [KnobsInUse] = "Clocks of this machine are set by another program or another run of Attune. Two masters of one knob undo each other's work.",
        [CannotListen] = "The address of --listen is used by another program, needs rights that this user does not have (ports below 1024), or is "
            + "none of this machine.",
        [NoKnobWriter] = "No knob writer listens at the socket of --knob-writer, it serves another run, or it was not told of this user; the "
            + "message says which.",
        [NoDevice] = "The device that was asked for, or that the model was tuned for, is not on this machine, or its driver or compiler is missing. "
            + "What is here and what is missing: attune doctor",
        [DeviceFailed] = "The device refused a kernel, has not enough memory, or failed while it was used. After some failures only a new process can use it; "
            + "trials until then are in the records.",
        [OldProfile] = "A profile counts the steps of one model, low-rank forms included, as one version of Attune ran it; the plan names another model, or "
            + "the version has changed since, so its times belong to other stages.",
        [OtherMachine] = "A profile holds times of the machine it was made on; on another one they mean little, and deadlines kept by them less.",
        [UnknownKnob] = "The machine has no such knob; what it has depends on its kernel, its drivers and the rights of the user.",
        [WrongResult] = "An output differs from the reference kernels by more than the tolerance.",
        [Slower] = "The gate of --fail-if-slower: the model is slower than the peer by more than allowed.",
        [ConformanceFailed] = "At least one conformance test gave a wrong result.",
        [NothingWorked] = "Every candidate failed, so there is nothing to choose from. The message counts the causes and quotes the first failure in "
            + "full; attune doctor looks at the machine.",
        [NotAdmitted] = "The gate of attune cohort admit: with every network running all the time, a deadline cannot be kept even by the fastest variant at "
            + "the fastest setting.",
        [DecisionsDiffer] = "The gate of attune cohort replay: decisions made again from what went into them come out otherwise. Profiles were changed since, "
            + "or the controller decides differently in this version.",
        [BudgetNotKept] = "The gate of attune quantize --accuracy-budget: even with one layer on bytes more is lost than allowed. Nothing was written.",
        [NoDesignFits] = "None of the designs that were measured meets the limits; the message names the fastest one. Loosen the limits, or use a family "
            + "with smaller members.",
        [Stopped] = "The command was interrupted. What a tune had measured is in its records; the same command resumes.",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
