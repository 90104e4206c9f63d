using Attune.Devices;
using Attune.Kernels.Loops;
using Attune.Kernels.Loops.X64;
using Attune.Kernels.Sources;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Contracts.Templates;

/// <summary>What every template must do, at every vector width. A new template inherits this by a class that names it and a few workloads.</summary>
public abstract class TemplateContract
{
    private const int PointsBuilt = 24;
    private const int PointsRun = 5;

    // More than any operand of the small workloads that templates are tested with takes.
    private const int OperandFloats = 1 << 16;

    internal abstract ITemplate Template { get; }

    /// <summary>What it is for: processors with vectors of every width, unless it says otherwise.</summary>
    internal virtual IReadOnlyList<KernelTarget> Targets => [HostTarget.Of(4), HostTarget.Of(8), HostTarget.Of(16)];

    /// <summary>Small workloads that it computes, for vectors of so many floats.</summary>
    internal abstract IReadOnlyList<Workload> Workloads(int lanes);

    /// <summary>A workload that is not its business.</summary>
    internal abstract Workload Foreign(int lanes);

    internal virtual KernelSignature SignatureOf(Workload workload) => KernelSignature.Dense;

    [Fact]
    public void It_is_registered_under_a_name_and_version_that_records_can_keep()
    {
        TemplateRegistry.All.Count(template => template.Name == Template.Name).ShouldBe(1);
        TemplateRegistry.Named(Template.Name).ShouldBeOfType(Template.GetType());
        Template.Name.ShouldMatch("^[a-z0-9-]+$");
        Template.Version.ShouldBeGreaterThanOrEqualTo(1);
        KernelTemplates.IsCurrent($"{Template.Name}/{Template.Version}").ShouldBeTrue();
        KernelTemplates.IsCurrent($"{Template.Name}/{Template.Version + 1}").ShouldBeFalse();
    }

    [Fact]
    public void It_applies_to_its_workloads_at_their_width_and_to_no_others()
    {
        foreach (KernelTarget target in Targets)
        {
            Workloads(target.Lanes).ShouldAllBe(workload => Template.Applies(workload, target));
            Workloads(target.Lanes).ShouldAllBe(workload => !Template.Applies(workload, HostTarget.Of(target.Lanes == 4 ? 8 : 4)));
            Template.Applies(Foreign(target.Lanes), target).ShouldBeFalse();
        }
    }

    [Fact]
    public void The_default_and_every_suggestion_are_valid() => ForEach((workload, space, target) =>
    {
        space.IsValid(Template.Default(workload, space, target)).ShouldBeTrue(workload.Title);
        foreach (int threads in (int[])[1, 2, 8])
        {
            Template.Suggest(workload, space, target, threads).ShouldAllBe(suggestion => space.IsValid(suggestion.Index));
        }
    });

    [Fact]
    public void Every_valid_point_builds_sound_programs_the_same_each_time() => ForEach((workload, space, target) =>
    {
        foreach (Configuration point in Points(workload, space, target, PointsBuilt))
        {
            KernelSource source = Template.Build(workload, point, SignatureOf(workload), target);
            source.Phases.Length.ShouldBeInRange(1, Template.HasSeveralPhases ? int.MaxValue : 1, $"{workload.Title} {point}");
            source.SharedFloats.ShouldBeGreaterThanOrEqualTo(0);
            source.ScratchFloats.ShouldBeGreaterThanOrEqualTo(0);
            source.Phases.ShouldAllBe(phase => phase.Units > 0);
            source.Phases.SelectMany(phase => LoopVerifier.Verify(phase.Program, groups: target.Groups)).ShouldBeEmpty($"{workload.Title} {point}");
            Text(Template.Build(workload, point, SignatureOf(workload), target)).ShouldBe(Text(source));
        }
    });

    [Fact]
    public void A_point_compiles_to_what_the_interpreter_computes_or_is_refused_with_a_reason() => ForEach((workload, space, target) =>
    {
        foreach (Configuration point in Points(workload, space, target, PointsRun))
        {
            KernelSource source = Template.Build(workload, point, SignatureOf(workload), target);
            float[][] compiled = Memory(source);
            float[][] interpreted = Memory(source);
            if (target.Groups is not null)
            {
                Prints(source);
                continue;
            }

            foreach ((LoopProgram program, int units) in source.Phases)
            {
                Result<KernelEntry, string> entry = IlLowering.Compile(program, target.Instructions);
                if (!entry.Succeeded)
                {
                    entry.Error.ShouldNotBeNullOrWhiteSpace();
                    return;
                }

                TemplateRun.Run(entry.Value, compiled, units, parts: 2);
                Interpreter.Run(program, interpreted, 0, units);
            }

            for (int buffer = 0; buffer < CompiledKernel.SharedSlot; buffer++)
            {
                Agree(compiled[buffer], interpreted[buffer], $"{workload.Title} {point}: buffer {buffer}");
            }
        }
    });

    [Fact]
    [Trait(Category.Name, Category.Slow)]
    [Trait(Category.Name, Category.AnyWidth)]
    public void A_point_is_machine_code_that_computes_what_the_jit_computes_to_the_bit() => ForEach((workload, space, target) =>
    {
        if (target.Groups is not null)
        {
            return;
        }

        foreach (Configuration point in Points(workload, space, target, PointsRun))
        {
            KernelSource source = Template.Build(workload, point, SignatureOf(workload), target);
            Result<KernelEntry, string>[] jit = [.. source.Phases.Select(phase => IlLowering.Compile(phase.Program, target.Instructions))];
            if (!Array.TrueForAll(jit, entry => entry.Succeeded))
            {
                continue;
            }

            float[][] expected = AfterPhases(source, [.. jit.Select(entry => entry.Value!)]);
            bool products = source.Phases.Any(phase => ProductScan.HasBytes(phase.Program));
            bool brains = source.Phases.Any(phase => ProductScan.NeedsBrainFloats(phase.Program));
            foreach (VectorInstructions instructions in InstructionSets.Of(target.Lanes, products, brains))
            {
                KernelEntry[] own =
                [
                    .. source.Phases.Select(phase =>
                        X64Lowering.Compile(phase.Program, instructions).OrThrow(refusal => new InvalidOperationException(refusal))),
                ];
                float[][] actual = AfterPhases(source, own);
                for (int buffer = 0; buffer < CompiledKernel.SharedSlot; buffer++)
                {
                    AgreeAcrossCompilers(source, buffer, actual[buffer], expected[buffer], $"{workload.Title} {point} {instructions}: buffer {buffer}");
                }
            }
        }
    });

    [Fact]
    public void At_least_one_operation_is_executed_at_every_point() => ForEach((workload, space, target) =>
    {
        foreach (Configuration point in Points(workload, space, target, PointsBuilt))
        {
            Template.ExecutedFlops(workload, point).ShouldBeGreaterThan(0, $"{workload.Title} {point}");
        }
    });

    internal void ForEach(Action<Workload, Space, KernelTarget> check)
    {
        foreach (KernelTarget target in Targets)
        {
            foreach (Workload workload in Workloads(target.Lanes))
            {
                check(workload, Template.CreateSpace(workload, target), target);
            }
        }
    }

    /// <summary>The default, then valid points drawn at random.</summary>
    internal IEnumerable<Configuration> Points(Workload workload, Space space, KernelTarget target, int count)
    {
        var random = new Random(12);
        IEnumerable<long> drawn = Enumerable.Range(0, 20_000).Select(_ => random.NextInt64(space.Count)).Where(space.IsValid);
        return drawn.Prepend(Template.Default(workload, space, target)).Distinct().Take(space.Count == 1 ? 1 : count).Select(index => space[index]);
    }

    /// <summary>Makes sure that machine code left in a buffer what the JIT's code did.</summary>
    internal virtual void AgreeAcrossCompilers(KernelSource source, int buffer, float[] actual, float[] expected, string what) =>
        AgreeToTheBit(actual, expected, what);

    /// <summary>What an operand holds.</summary>
    internal virtual float[] Operand(Random random, int floats) => TemplateRun.Random(random, floats);

    private float[][] Memory(KernelSource source)
    {
        var random = new Random(13);
        return
        [
            .. Enumerable.Range(0, CompiledKernel.SharedSlot).Select(_ => Operand(random, OperandFloats)),
            new float[source.SharedFloats],
            new float[source.ScratchFloats],
        ];
    }

    // What a device's compiler makes of it is for the tests of that device.
    private static void Prints(KernelSource source)
    {
        foreach ((LoopProgram program, int units) in source.Phases)
        {
            SourceKernel printed = SourcePrinter.Print(program, "kernel", units);
            printed.Shape.ShouldBe(LaunchShape.Of(program));
            printed.Body.Count(letter => letter == '{').ShouldBe(printed.Body.Count(letter => letter == '}'));
        }
    }

    private static string Text(KernelSource source) => string.Concat(source.Phases.Select(phase => $"{phase.Units}\n{Printer.Print(phase.Program)}"));

    private float[][] AfterPhases(KernelSource source, KernelEntry[] entries)
    {
        float[][] memory = Memory(source);
        for (int i = 0; i < entries.Length; i++)
        {
            TemplateRun.Run(entries[i], memory, source.Phases[i].Units, parts: 2);
        }

        return memory;
    }

    private static void AgreeToTheBit(float[] actual, float[] expected, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = BitConverter.SingleToInt32Bits(actual[i]) == BitConverter.SingleToInt32Bits(expected[i]);
            if (!same && !(float.IsNaN(actual[i]) && float.IsNaN(expected[i])))
            {
                throw new InvalidOperationException($"{what}: element {i} is {actual[i]}, the JIT's code says {expected[i]}.");
            }
        }
    }

    private static void Agree(float[] actual, float[] expected, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(actual[i].Equals(expected[i]) || Math.Abs(actual[i] - expected[i]) <= 1e-4f * Math.Max(1, Math.Abs(expected[i]))))
            {
                throw new InvalidOperationException($"{what}: element {i} is {actual[i]}, the interpreter says {expected[i]}.");
            }
        }
    }
}
