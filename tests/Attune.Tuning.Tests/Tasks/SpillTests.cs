using System.Diagnostics;
using System.Text.RegularExpressions;
using Attune.Devices.Cuda;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Kernels.Sources;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Passes;
using Attune.Tuning.Run;
using Attune.Tuning.Tasks;
using Xunit.Abstractions;

namespace Attune.Tuning.Tests.Tasks;

/// <summary>
/// Configurations that are suggested for GPUs keep their numbers in registers, by the word of NVIDIA's own compilers, which need no GPU. By default one network
/// on the newest generation; ATTUNE_SPILLS=all takes five networks and four generations (half an hour).
/// </summary>
[Trait(Category.Name, Category.AnyWidth)]
[Trait(Category.Name, Category.Slow)]
public sealed partial class SpillTests(ITestOutputHelper output)
{
    private static readonly KernelTarget Gpu = new()
    {
        Kind = TargetKind.Cuda,
        Lanes = 1,
        Instructions = VectorInstructions.FusedMultiplyAdd,
        Groups = new GroupLimits(1024, 48 << 10, 32) { MaxLanesZ = 64 },
    };

    private static bool IsWhole => Environment.GetEnvironmentVariable("ATTUNE_SPILLS") == "all";

    public static TheoryData<string> Networks() =>
        IsWhole ? ["mobilenet_v1", "squeezenet_v1.1", "resnet18", "alexnet", "vgg16"] : ["squeezenet_v1.1"];

    [NeedingTheory(Need.Nvrtc, Need.Ptxas)]
    [MemberData(nameof(Networks))]
    public void No_suggested_configuration_spills(string network)
    {
        NvrtcLibrary nvrtc = Needs.NvrtcNames.Select(NvrtcLibrary.Load).First(found => found is not null)!;
        int[] generations = [.. (IsWhole ? new[] { 61, 70, 87, 90 } : [nvrtc.Architectures[^1]]).Where(nvrtc.Architectures.Contains)];
        generations.ShouldNotBeEmpty();
        int kernels = 0;
        var spilt = new List<string>();
        foreach (Sample sample in SamplesOf(PassPipeline.Default.Run(ModelZoo.Create(network))))
        {
            foreach (int generation in generations)
            {
                byte[] ptx = nvrtc.Compile(sample.Text, [$"--gpu-architecture=compute_{generation}", "--fmad=false"])
                    .OrThrow(log => new InvalidOperationException($"{sample.Name}: {log}"));
                string said = Assemble(ptx, generation);
                kernels++;
                foreach (Match found in Spilling().Matches(said))
                {
                    if (found.Groups["stores"].Value != "0" || found.Groups["loads"].Value != "0")
                    {
                        spilt.Add($"sm_{generation} {sample.Name}: {found.Value}");
                    }
                }
            }
        }

        output.WriteLine($"{network}: {kernels} programs, {spilt.Count} functions that spill");
        kernels.ShouldBeGreaterThan(10);
        spilt.ShouldBeEmpty();
    }

    private static IEnumerable<Sample> SamplesOf(Network network)
    {
        var seen = new HashSet<string>();
        foreach (TuningTask task in new TuningTaskFactory(TaskPurpose.Model, Gpu, 1).Layers(network))
        {
            WeightedWorkload workload = WeightedWorkload.TryParse(task.Key)!;
            Space space = KernelTemplates.CreateSpace(workload, Gpu);
            foreach (long index in task.Suggestions.Prepend(task.DefaultIndex))
            {
                KernelSource source = KernelTemplates.Source(workload, space[index], KernelTemplates.CanonicalSignature(workload, Epilogue.Typical), Gpu);
                string text = SourceDialect.Cuda.Text(source.Phases.Select((phase, i) =>
                    SourcePrinter.Print(phase.Program, $"phase{i}", phase.Units, source.ScratchFloats).Body));
                if (seen.Add(text))
                {
                    yield return new Sample($"{task.Key} {space[index]}", text);
                }
            }
        }
    }

    private static string Assemble(byte[] ptx, int generation)
    {
        string path = Path.Combine(Path.GetTempPath(), $"attune-{Guid.NewGuid():N}.ptx");
        File.WriteAllBytes(path, ptx);
        try
        {
            var start = new ProcessStartInfo(Needs.Ptxas!, ["-v", $"-arch=sm_{generation}", "-o", "/dev/null", path])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            };
            using Process assembler = Process.Start(start)!;
            string said = assembler.StandardError.ReadToEnd();
            assembler.WaitForExit();
            assembler.ExitCode.ShouldBe(0, said);
            Spilling().IsMatch(said).ShouldBeTrue(said);
            return said;
        }
        finally
        {
            File.Delete(path);
        }
    }

    [GeneratedRegex("(?<stores>[0-9]+) bytes spill stores, (?<loads>[0-9]+) bytes spill loads", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Spilling();

    private sealed record Sample(string Name, string Text);
}
