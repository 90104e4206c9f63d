using System.Collections.Immutable;

namespace Attune.Runtime.Plan.Verification;

/// <summary>
/// Goes through a plan step by step with names of elements instead of numbers: every step writes the names of its result under the layout that its kernel is
/// compiled with, and every step must find the names it expects under the layout that it reads with. So a wrong stride, a wrong extent, a missing halo, memory
/// given away too early and a part of a concatenation in the wrong place all show, whatever the numbers would have been. Costs about as much as one inference
/// of scalar code; runs in debug builds and tests.
/// </summary>
internal sealed class LayoutVerifier
{
    private const int MaxFindings = 50;
    private const string OutputStep = "the network's output";

    // Cells hold names of elements (large), or one of these; what a step left behind without meaning is minus its number.
    private const long Unwritten = 0;
    private const long ZeroName = 1;

    private readonly ExecutionPlan plan;
    private readonly int form;
    private readonly ImmutableArray<(int Layer, int Form)> forms;
    private readonly ElementOrigins origins;
    // Cells of memory for each float of the arena: four where bytes live among floats.
    private readonly int perFloat;
    private readonly long[] cells;
    private readonly int[] readBy;
    private readonly HashSet<Storage> tensors = [];
    private readonly Dictionary<string, (string Step, string Layout)> producers = new(StringComparer.Ordinal);
    private readonly List<LayoutFinding> findings;

    private LayoutVerifier(ExecutionPlan plan, int form, List<LayoutFinding> findings)
    {
        this.plan = plan;
        this.form = form;
        this.findings = findings;
        forms = plan.Forms();
        origins = new ElementOrigins(plan, [.. Enumerable.Range(0, plan.Steps.Length).Where(Runs).Select(i => plan.Steps[i])]);
        perFloat = plan.Storages.Max(storage => (int?)storage.PerFloat) ?? 1;
        cells = new long[plan.ArenaFloats * perFloat];
        readBy = new int[cells.Length];
    }

    /// <summary>True when models are verified as they are compiled: in debug builds, and where the switch Attune.VerifyLayouts is on.</summary>
    public static bool IsOn { get; } =
#if DEBUG
        true;
#else
        AppContext.TryGetSwitch("Attune.VerifyLayouts", out bool on) && on;
#endif

    /// <summary>Everything that is wrong with a plan, for every form of its layers; at most fifty findings.</summary>
    public static ImmutableArray<LayoutFinding> Verify(ExecutionPlan plan)
    {
        var found = new List<LayoutFinding>();
        SharedMemory(plan, found);
        foreach (int each in plan.Forms().Select(step => step.Form).Append(0).Distinct().Order())
        {
            new LayoutVerifier(plan, each, found).Run();
        }

        return [.. found.Distinct().Take(MaxFindings)];
    }

    /// <summary>Verifies a plan that must be right.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public static void Require(ExecutionPlan plan)
    {
        ImmutableArray<LayoutFinding> found = Verify(plan);
        if (!found.IsEmpty)
        {
            throw new InvalidOperationException($"The execution plan of '{plan.Network.Name}' for vectors of {plan.Lanes} uses memory "
                + $"wrongly:{Environment.NewLine}{string.Join(Environment.NewLine, found)}");
        }
    }

    private void Run()
    {
        foreach (Storage input in plan.Inputs)
        {
            tensors.Add(input);
            producers[input.Value] = ("the caller", $"{input.Shape} row by row");
        }

        for (int i = 0; i < plan.Steps.Length && findings.Count < MaxFindings; i++)
        {
            if (Runs(i))
            {
                Run(i);
            }
        }

        foreach (Storage output in plan.Outputs.Where(output => !plan.Network.Constants.ContainsKey(output.Value)))
        {
            ReadOutput(output);
        }
    }

    private void ReadOutput(Storage output)
    {
        var whole = DenseAccess.Whole(output, output.Shape.Count);
        if (output.InArena)
        {
            Read(plan.Steps.Length, OutputStep, whole);
        }
        else if (!tensors.Contains(output))
        {
            Report(LayoutFault.NeverWritten, OutputStep, whole, null, "the tensor does not exist at the end");
        }
    }

    private bool Runs(int step)
    {
        (int layer, int own) = forms[step];
        return layer < 0 || own == form || (own == 0 && !forms.Contains((layer, form)));
    }

    private void Run(int index)
    {
        PlannedStep step = plan.Steps[index];

        // Conversions run always; those of values that this choice of forms does not compute copy what nobody reads.
        bool idle = step.Plan is null && !origins.Knows(step.Inputs[0].Value);
        if (!idle)
        {
            foreach (Storage input in step.Inputs.Where(input => !input.InArena && !tensors.Contains(input)))
            {
                Report(LayoutFault.NeverWritten, step.Name, DenseAccess.Whole(input, input.Shape.Count), null, "the tensor does not exist yet");
            }

            foreach (Access read in StepAccesses.Reads(step, plan.Lanes))
            {
                Read(index, step.Name, read);
            }
        }

        foreach (Access write in StepAccesses.Writes(step, plan.Lanes))
        {
            Write(index, write, idle);
        }

        tensors.UnionWith(step.Outputs.Where(output => output.Kind == StorageKind.Managed));
    }

    private void Read(int index, string step, Access access)
    {
        if (!IsSound(step, access))
        {
            return;
        }

        Storage storage = access.Storage;
        foreach (CellRun run in access.Runs())
        {
            for (int i = 0; i < run.Count; i++)
            {
                long cell = run.Address + (i * run.Step);
                long element = run.Element + (i * run.ElementStep);
                if (IsOutside(step, access, cell))
                {
                    return;
                }

                if (run.Element == CellRun.Anything)
                {
                    continue;
                }

                long expected = run.Element == CellRun.Zero ? ZeroName : origins.Of(access.Value, element);
                long found = NameAt(storage, cell, index);
                if (found != expected)
                {
                    Mismatch(step, access, cell, run.Element == CellRun.Zero ? CellRun.Zero : element, found);
                    return;
                }
            }
        }
    }

    private void Write(int index, Access access, bool idle)
    {
        string step = plan.Steps[index].Name;
        if (!IsSound(step, access))
        {
            return;
        }

        long rubbish = -1 - index;
        if (!idle && access is not HaloAccess)
        {
            producers[origins.Knows(access.Value) ? origins.Meaning(origins.Of(access.Value, 0)).Value : access.Value] = (step, access.Layout);
        }

        foreach (CellRun run in access.Runs())
        {
            for (int i = 0; i < run.Count; i++)
            {
                long cell = run.Address + (i * run.Step);
                if (IsOutside(step, access, cell))
                {
                    return;
                }

                if (!access.Storage.InArena)
                {
                    continue;
                }

                long place = PlaceOf(access.Storage, cell);
                if (readBy[place] == index + 1)
                {
                    Report(LayoutFault.ReadAndWritten, step, access, null, $"cell {cell} of {access.Storage} is one that the step reads");
                    return;
                }

                // The rest of a float that lies where bytes did.
                cells.AsSpan((int)place, perFloat / access.Storage.Root.PerFloat).Fill(rubbish);
                cells[place] = run.Element switch
                {
                    CellRun.Zero => ZeroName,
                    CellRun.Anything => rubbish,
                    _ => idle ? rubbish : origins.Of(access.Value, run.Element + (i * run.ElementStep)),
                };
            }
        }
    }

    private bool IsSound(string step, Access access)
    {
        if (access.Refusal(plan.Network.TypeOf(access.Value).Shape) is { } refusal)
        {
            Report(LayoutFault.WrongExtent, step, access, null, refusal);
            return false;
        }

        Storage root = access.Storage.Root;
        if (access.Storage.InArena && (root.Offset < 0 || root.Offset + root.Floats > plan.ArenaFloats))
        {
            Report(LayoutFault.OutsideMemory, step, access, null, $"{root} at {root.Offset} leaves the arena of {plan.ArenaFloats}");
            return false;
        }

        return true;
    }

    private bool IsOutside(string step, Access access, long cell)
    {
        long end = access.Storage.InArena ? access.Storage.Root.Floats * access.Storage.Root.PerFloat : access.Storage.Shape.Count;
        if (cell >= 0 && cell < end)
        {
            return false;
        }

        Report(LayoutFault.OutsideMemory, step, access, null, $"cell {cell} of {access.Storage}, which has {end}");
        return true;
    }

    /// <summary>What a cell holds; tensors and the caller's memory hold the element of their address.</summary>
    private long NameAt(Storage storage, long cell, int index)
    {
        if (!storage.InArena)
        {
            return origins.Of(storage.Value, cell);
        }

        long place = PlaceOf(storage, cell);
        readBy[place] = index + 1;
        return cells[place];
    }

    private long PlaceOf(Storage storage, long cell) => (storage.Root.Offset * perFloat) + (cell * (perFloat / storage.Root.PerFloat));

    private void Mismatch(string step, Access access, long cell, long element, long found)
    {
        string wanted = element == CellRun.Zero ? "a zero" : $"element {element}";
        if (found == Unwritten)
        {
            Report(LayoutFault.NeverWritten, step, access, null, $"cell {cell} should hold {wanted}, but nothing wrote it");
            return;
        }

        LayoutFault fault = element == CellRun.Zero ? LayoutFault.NoZero : LayoutFault.OtherElement;
        if (found <= ZeroName)
        {
            string holds = found == ZeroName ? "a zero of a halo" : $"what step '{plan.Steps[(int)(-1 - found)].Name}' left there";
            Report(fault, step, access, null, $"cell {cell} should hold {wanted}, but holds {holds}");
            return;
        }

        (string value, long other) = origins.Meaning(found);
        Report(fault, step, access, value, $"cell {cell} should hold {wanted}, but holds element {other} of '{value}'");
    }

    private void Report(LayoutFault fault, string step, Access access, string? holder, string detail)
    {
        string value = holder ?? (origins.Knows(access.Value) ? origins.Meaning(origins.Of(access.Value, 0)).Value : access.Value);
        bool known = producers.TryGetValue(value, out (string Step, string Layout) producer);
        findings.Add(new LayoutFinding(fault, access.Value, step, access.Layout, known ? producer.Step : null, known ? producer.Layout : null, detail));
    }

    private static void SharedMemory(ExecutionPlan plan, List<LayoutFinding> found)
    {
        Storage[] roots = [.. plan.Storages.Where(storage => storage is { Parent: null, InArena: true, LastStep: >= 0 }).OrderBy(storage => storage.Offset)];
        for (int i = 0; i < roots.Length; i++)
        {
            Storage a = roots[i];
            for (int j = i + 1; j < roots.Length && roots[j].Offset < a.Offset + a.Floats; j++)
            {
                Storage b = roots[j];
                if (b.FirstStep <= a.LastStep && a.FirstStep <= b.LastStep)
                {
                    found.Add(new LayoutFinding(
                        LayoutFault.SharedMemory, b.Value, NameOf(b.FirstStep), Span(b), NameOf(a.FirstStep), Span(a),
                        $"'{a.Value}' and '{b.Value}' are alive together"));
                }
            }
        }

        string NameOf(int step) => step < plan.Steps.Length ? plan.Steps[step].Name : OutputStep;

        static string Span(Storage storage) =>
            $"cells {storage.Offset} to {storage.Offset + storage.Floats} from step {storage.FirstStep} to {storage.LastStep}";
    }
}
