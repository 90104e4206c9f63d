using System.CommandLine;
using System.Globalization;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Cohort.Profiles;
using Attune.Cohort.Profiling;
using Attune.Cohort.Session;
using Attune.Compile.LowRank;
using Attune.Devices;
using Attune.Devices.Knobs;
using Attune.Devices.Meters;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Numerics.Words;
using Attune.Runtime;

namespace Attune.Cli.CohortRun;

/// <summary><c>attune cohort profile</c>: what each stage of a tuned model costs at every setting, exactly and approximated.</summary>
internal sealed class CohortProfileCommand : CliCommand
{
    private static readonly string[] Splits = ["auto", "separable", "channels"];
    private readonly Argument<string> model = new("FILE") { Description = "A .attune file, as attune tune writes it." };
    private readonly Option<string> output = SharedOptions.Output("The profile to write.");
    private readonly Option<string?> formed = new("--forms")
    {
        Description = $"Approximate layers by forms of them: {string.Join(", ", FormNames.All)}, with commas between. bf16 and i8: the layer multiplies brain floats "
            + "or bytes. lowrank: as --lowrank, 0.5 unless that says otherwise. Forms that get no faster are left out.",
        HelpName = "FORMS",
    };
    private readonly Option<string?> lowRank = new("--lowrank")
    {
        Description = "Approximate layers by ones of lower rank: for each variant the share of the exact layer's multiplications that it may need, for example "
            + "0.5,0.25. Layers that get no faster stay exact.",
        HelpName = "SHARES",
    };
    private readonly Option<string> split = new("--split")
    {
        Description = $"How convolutions are cut in two: {string.Join(", ", Splits)}. Separable: D x 1, then 1 x D. Channels: to fewer channels, then 1 x 1. "
            + "Auto: channels where the exact layer can run as Winograd, else separable.",
        HelpName = "HOW",
        DefaultValueFactory = _ => Splits[0],
    };
    private readonly Option<string> budget = new("--budget", "-b")
    {
        Description = "Time to search kernels for the forms; 0s takes default ones.",
        HelpName = "TIME",
        DefaultValueFactory = _ => "30s",
    };
    private readonly Option<string?> modelOutput = new("--model-output")
    {
        Description = "The model with forms of its layers to write. Default: the profile's name with .attune.",
        HelpName = "FILE",
    };
    private readonly Option<string[]> calibration = new("--calibration")
    {
        Description = "Inputs to judge variants by: arrays (.npy, .pb) of one or more samples. Default: random numbers.",
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string?> labels = new("--labels")
    {
        Description = "Right class of each calibration sample, an array of whole numbers. Default: the exact network's answers.",
        HelpName = "FILE",
    };
    private readonly Option<int> samples = new("--samples")
    {
        Description = "Random samples, where there are no calibration files.",
        HelpName = "N",
        DefaultValueFactory = _ => 12,
    };
    private readonly Option<int> runs = new("--runs")
    {
        Description = "Timed runs of every setting and variant.",
        HelpName = "N",
        DefaultValueFactory = _ => 30,
    };
    private readonly Option<int> stages = new("--stages") { Description = "Maximum number of stages.", HelpName = "N", DefaultValueFactory = _ => 16 };
    private readonly Option<string> device = DeviceArgument.Option("The device that the model runs on.");
    private readonly Option<int?> threads = SharedOptions.Threads();
    private readonly Option<string?> knobs = new("--knobs")
    {
        Description = "Further knobs to sweep besides the number of threads, for example affinity,cpufreq/policy0.",
        HelpName = "NAMES",
    };
    private readonly Option<string> meter = new("--meter")
    {
        Description = $"Energy meter: {string.Join(", ", EnergyMeters.Names)}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "auto",
    };
    private readonly Option<int> seed = new("--seed")
    {
        Description = "Seed of searches, order and random samples.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };
    private readonly KnobArguments machine = new();

    public CohortProfileCommand()
        : base(
            "profile",
            "Measure what each stage of a tuned model costs at every setting of the machine's knobs, exactly and approximated.",
            "attune cohort profile resnet18.attune -o resnet18.profile.json",
            "attune cohort profile resnet18.attune --lowrank 0.5,0.25 -o resnet18.profile.json",
            "attune cohort profile resnet18.attune --forms bf16,i8 --calibration images.npy -o resnet18.profile.json",
            "attune cohort profile resnet18.attune --lowrank 0.5 --calibration images.npy --labels classes.npy -o resnet18.profile.json",
            "attune cohort profile resnet18.attune --device opencl:0 -o resnet18.gpu.profile.json")
    {
        Command.Arguments.Add(model);
        output.Required = true;
        foreach (Option option in new Option[]
        {
            output, formed, lowRank, split, budget, modelOutput, calibration, labels, samples, runs, stages, device, threads, knobs, meter, seed,
        }.Concat(machine.Options))
        {
            Command.Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        string target = invocation.Value(output)!;
        FormNames forms = FormNames.Parse(invocation.Value(formed), Shares(invocation.Value(lowRank)));
        double[] shares = forms.Shares;
        string formedModel = invocation.Value(modelOutput) ?? ProfileFile.UsualModel(target);
        TargetFile.Check(target, "-o");
        int count = SharedOptions.CheckThreads(invocation.Value(threads));
        string path = invocation.Value(model)!;
        DeviceProfile runner = DeviceArgument.Read(invocation.Value(device)!);
        Limits(invocation);
        if (forms.Any)
        {
            TargetFile.Check(formedModel, "--model-output");
        }

        if (!forms.Precisions.IsEmpty && runner.Kind != TargetKind.Cpu)
        {
            throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.BadValue, $"Forms on bf16 and i8 are for processors; {runner.Name} multiplies 32-bit floats.", "Leave them or --device out.");
        }

        Result<TunedModel, TunedModelError> load = TunedModelFile.Load(path);
        if (!load.Succeeded)
        {
            throw new CommandFailedException(TunedModelFailures.Of(load.Error));
        }

        CalibrationSet set = Calibration(invocation, SingleInput(load.Value.Network, path), load.Value.Network.Outputs[0]);
        using KnobSession? session = machine.Open(
            invocation, (invocation.Value(knobs) ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        using IEnergyMeter? energy = MeterArgument.Open(invocation.Value(meter)!, invocation.Clock, machine.Root(invocation), runner.Kind);
        var options = new ProfileOptions
        {
            Device = runner,
            Threads = count,
            Forms = forms.Precisions,
            Shares = [.. shares],
            Split = shares.Length > 0 ? Split(invocation.Value(split)!) : default,
            Budget = forms.Any ? Seconds(invocation.Value(budget)!) : null,
            Seed = invocation.Value(seed),
            Measuring = new ProfilingOptions
            {
                Runs = invocation.Value(runs),
                MaxStages = invocation.Value(stages),
                Knobs = session,
                Meter = energy,
                Clock = invocation.Clock,
            },
            Output = target,
            ModelOutput = formedModel,
            Source = path,
            Worker = WorkerProcessCommand.CommandLine,
        };
        var profiling = new ProfileSession(load.Value, Path.GetFileNameWithoutExtension(path), options);
        ProfileResult result = await profiling.RunAsync(set, new ProfileProgress(invocation.Progress), invocation.Cancellation);
        string? untuned = profiling.IsTuned
            ? null
            : $"{path} was not tuned for {runner.Name}, so default kernels were measured: attune tune MODEL --device {runner.Name} -o {path}";
        return ProfileReport.Of(result.Network, result.Forms, set, target, forms.Any ? formedModel : null, untuned);
    }

    private static double[] Shares(string? text)
    {
        if (text is null)
        {
            return [];
        }

        string[] words = text.Split(',', StringSplitOptions.TrimEntries);
        double[] shares = [.. words.Select(
            word => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) ? share : double.NaN)];
        return ProfileOptions.AreShares(shares)
            ? shares
            : throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"'{text}' is no list of shares: up to eight numbers between 0 and 1, falling, with commas between.",
                "Write --lowrank 0.5,0.25.");
    }

    private static LowRankSplit Split(string name) => Array.IndexOf(Splits, name) is >= 0 and var at
        ? (LowRankSplit)at
        : throw new CommandFailedException(
            ExitCode.Usage,
            ErrorCodes.BadValue,
            $"There is no split '{name}'.{(NearMiss.Find(name, Splits) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
            $"Use --split {string.Join(" or --split ", Splits)}.");

    private static TimeSpan? Seconds(string text) => text is "0" or "0s" ? null : Budget.Duration(text)
        ?? throw new CommandFailedException(
            ExitCode.Usage, ErrorCodes.BadValue, $"'{text}' is no duration.", "Write --budget 30s, or --budget 0s for default kernels.");

    private void Limits(Invocation invocation)
    {
        Check("--runs", invocation.Value(runs), 5, 10_000);
        Check("--stages", invocation.Value(stages), 1, 512);
        Check("--samples", invocation.Value(samples), 1, 10_000);

        static void Check(string option, int value, int min, int max)
        {
            if (value < min || value > max)
            {
                throw new CommandFailedException(
                    ExitCode.Usage,
                    ErrorCodes.BadValue,
                    $"{option} {value} is outside {min} to {max}.",
                    $"Write {option} {Math.Clamp(value, min, max)}.");
            }
        }
    }

    private static NetworkValue SingleInput(Network network, string path) => ProfileSession.InputOf(network)
        ?? throw new CommandFailedException(new Failure(
            ExitCode.Model,
            ErrorCodes.InputMismatch,
            "Cohorts hold networks with one input of 32-bit floats; this one has "
            + $"{string.Join(", ", network.Inputs.Select(value => $"{value.Name} {value.Type}"))}.",
            "Use a network for images or signals; to run another one: attune run FILE")
        { Where = path });

    private CalibrationSet Calibration(Invocation invocation, NetworkValue input, NetworkValue result)
    {
        string[] files = invocation.Value(calibration)!;
        string? given = invocation.Value(labels);
        var reader = new CalibrationReader(input, result);
        return (files.Length, given) switch
        {
            (0, null) => reader.Random(invocation.Value(samples), invocation.Value(seed)),
            (0, { } without) => throw Wrong(new CalibrationError(without, "Labels belong to inputs, and there are none.", "Give --calibration FILES too.")),
            _ => reader.Read(files.Select(file => (file, TensorFiles.Read(file))), given is null ? null : (given, TensorFiles.Read(given))).OrThrow(Wrong),
        };

        static CommandFailedException Wrong(CalibrationError error) =>
            new(new Failure(ExitCode.Usage, ErrorCodes.InputMismatch, error.Message, error.Next) { Where = error.Source });
    }
}
