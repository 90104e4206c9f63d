using System.Collections.Immutable;
using Attune.Devices;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Loops.X64;

/// <summary>
/// Compiles a loop program to machine code of x86-64, which also has instructions that the JIT knows nothing of. Register tiles become virtual registers;
/// addresses are made where the loop begins that moves them and moved by constants; constant distances stay in the instruction, and so do loads, broadcasts and
/// constants that are used once.
/// </summary>
internal sealed partial class X64Lowering
{
    private const VectorInstructions Narrow = VectorInstructions.Widen256 | VectorInstructions.FusedMultiplyAdd;
    private const VectorInstructions Wide = Narrow | VectorInstructions.Widen512 | VectorInstructions.ManyRegisters;

    private const VectorInstructions BrainFloats = Wide | VectorInstructions.BFloat16Products;

    // A core's cache of instructions holds some 6,000; what is larger by far is fetched from memory all the time.
    private const int MaxInstructions = 40_000;

    private const int WideRegisters = 32;
    private const int NarrowRegisters = 16;
    private const int MostSharing = 2;

    private readonly LoopProgram program;
    private readonly VectorInstructions instructions;
    private readonly VectorWidth width;
    private readonly CallingConvention convention;
    private readonly bool isEvex;
    private readonly int sharing;
    private readonly MachineProgram code = new();
    private readonly TileLiveness liveness;
    private string? refusal;

    private X64Lowering(LoopProgram program, VectorInstructions instructions, CallingConvention convention, bool isEvex, int sharing)
    {
        this.program = program;
        this.convention = convention;
        this.instructions = instructions;
        this.isEvex = isEvex;
        this.sharing = sharing;
        width = program.Lanes switch { 4 => VectorWidth.Xmm, 8 => VectorWidth.Ymm, _ => VectorWidth.Zmm };
        liveness = TileLiveness.Of(program.Body);
    }

    // Vector registers of the machine.
    private int Registers => isEvex ? WideRegisters : NarrowRegisters;

    /// <summary>Compiles a program to code that runs here; the reason when there is none, or the system runs no code that a program wrote.</summary>
    /// <param name="program">A program for a processor.</param>
    /// <param name="instructions">Instructions that may be used; this machine has them.</param>
    public static Result<KernelEntry, string> Compile(LoopProgram program, VectorInstructions instructions)
    {
        if (NativeKernel.Refusal is { } impossible)
        {
            return impossible;
        }

        Result<byte[], string> encoded = Encode(program, instructions, NativeKernel.Convention);
        return encoded.Succeeded ? NativeKernel.Load(encoded.Value) : encoded.Error;
    }

    /// <summary>The code of a program, which runs wherever it lies; the reason when there is none.</summary>
    /// <param name="program">A program for a processor.</param>
    /// <param name="instructions">Instructions that may be used.</param>
    /// <param name="convention">How it is called.</param>
    public static Result<byte[], string> Encode(LoopProgram program, VectorInstructions instructions, CallingConvention convention)
    {
        if (!program.GroupMemory.IsEmpty || LaunchShape.Of(program) != LaunchShape.One || program.Lanes is not (4 or 8 or 16))
        {
            return "The program is one for groups of lanes; a processor runs ranges of work units.";
        }

        VectorInstructions needed = program.Lanes == 16 ? Wide : Narrow;
        if ((instructions & needed) != needed)
        {
            return $"Machine code for vectors of {program.Lanes} floats needs {(program.Lanes == 16 ? "AVX-512 (F, BW, DQ and VL)" : "AVX2 and FMA")}.";
        }

        bool brains = ProductScan.NeedsBrainFloats(program);
        if (brains && (instructions & BrainFloats) != BrainFloats)
        {
            return "Machine code that multiplies brain floats or rounds to them needs AVX512-BF16 with AVX-512VL.";
        }

        if (ProductScan.HasTiles(program) && !instructions.HasFlag(VectorInstructions.MatrixTiles))
        {
            return "Machine code that multiplies matrix tiles needs AMX (tiles, 8-bit integers and BF16).";
        }

        LoopProgram flat = LoopPasses.Run(program);
        bool wide = (instructions & Wide) == Wide && (program.Lanes == 16 || brains || !PrefersVex(flat, instructions));

        // Loads that are shared take registers; where those run out, fewer are, and in the end none.
        for (int share = MostSharing; ; share--)
        {
            var lowering = new X64Lowering(flat, instructions, convention, wide, share);
            lowering.Lower();
            if (lowering.refusal is { } reason)
            {
                return reason;
            }

            if (lowering.code.Instructions.Count > MaxInstructions)
            {
                return $"The kernel takes {lowering.code.Instructions.Count} instructions; more than {MaxInstructions} are not worth compiling.";
            }

            Allocation places = RegisterAllocator.Run(lowering.code, convention, lowering.Registers, lowering.width);
            if (places.VectorScratch.Length > 0 && lowering.sharesLoads)
            {
                continue;
            }

            var frame = new StackFrame(lowering.code, places, convention);
            return frame.Bytes > StackFrame.MaxBytes
                ? $"The kernel keeps {frame.Bytes} bytes on the stack for lack of registers; more than {StackFrame.MaxBytes} are not worth compiling."
                : MachineEncoder.Encode(lowering.code, places, frame);
        }
    }

    // The instruction for products of bytes comes in two encodings, of which a processor may have one alone.
    private static bool PrefersVex(LoopProgram program, VectorInstructions instructions) =>
        instructions.HasFlag(VectorInstructions.DotProduct256) && !instructions.HasFlag(VectorInstructions.DotProduct512) && ProductScan.HasBytes(program);

    private void Lower()
    {
        int table = Argument(0);
        variables[program.Begin] = Argument(1);
        variables[program.End] = Argument(2);
        IEnumerable<(int, int)> used = AccessScan.Of(program.Body.AsSpan()).Select(access => (access.Buffer.Position, access.Buffer.ElementBytes));
        foreach ((int position, int bytes) in used.Distinct().Order())
        {
            int address = New(RegisterClass.General);
            code.Add(new MachineInstruction(MachineOperation.Move) { Destination = address, Operand = Operand.Memory(table, position * sizeof(long)) });
            addresses[(position, bytes)] = new AddressPath(address);
        }

        Bind(program.Begin, program.Body.AsSpan());
        Bind(program.End, program.Body.AsSpan());
        BeginTiles();
        Block(program.Body);
        EndTiles();
    }

    private int Argument(int number)
    {
        int register = New(RegisterClass.General);
        code.Add(new MachineInstruction(MachineOperation.Argument) { Destination = register, Immediate = convention.Arguments[number] });
        return register;
    }

    private int New(RegisterClass kind) => code.NewRegister(kind);

    private void Block(ImmutableArray<Statement> body)
    {
        int depth = scope.Count;
        int endOfRun = 0;
        for (int i = 0; i < body.Length; i++)
        {
            if (i >= endOfRun)
            {
                endOfRun = BeginRun(body, i);
            }

            switch (body[i])
            {
                case Loop loop:
                    Lower(loop);
                    break;
                case Let let:
                    Lower(let);
                    Bind(let.Variable, body.AsSpan()[(i + 1)..]);
                    break;
                case Assign assign:
                    Lower(assign);
                    break;
                case Store store:
                    Lower(store.Buffer, store.Offset, store.Value, program.Lanes);
                    break;
                case StoreFirst store:
                    Lower(store.Buffer, store.Offset, store.Value, store.Count);
                    break;
                case Prefetch prefetch:
                    Lower(prefetch);
                    break;
                case When branch:
                    Lower(branch);
                    break;
                case TileZero or TileLoad or TileMultiply or TileStore:
                    LowerTile(body[i]);
                    break;
                default:
                    throw new InvalidOperationException($"Unknown statement {body[i].GetType().Name}.");
            }
        }

        EndRun();
        scope.RemoveRange(depth, scope.Count - depth);
        resolved.Clear();
    }
}
