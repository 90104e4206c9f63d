namespace Attune.Kernels.Loops.X64;

/// <content>What concerns the lanes of one vector, and elements that are narrower than its lanes.</content>
internal sealed partial class X64Lowering
{
    // Exchanges the halves of 128 bits; exchanges neighbours.
    private const int SwapHalves = 0b01_00_11_10;
    private const int SwapNeighbours = 0b10_11_00_01;

    // Where a float has the exponent and the mantissa of a half, and one sign.
    private const int HalfShift = 13;
    private const int HalfMask = unchecked((int)0x8FFFE000);
    private const int BrainFloatShift = 16;
    private const int EvenBytes = 0x00FF00FF;

    private void LoadInto(int target, Load load)
    {
        Operand memory = Memory(load.Buffer, load.Offset);
        int wide = load.Element == DataType.Int32 || load.Buffer.Element == DataType.Float32 ? target : New(RegisterClass.Vector);
        switch (load.Buffer.Element)
        {
            case DataType.Float16:
                int shifted = New(RegisterClass.Vector);
                Emit(VectorOpcodes.WidenHalves, wide, -1, memory);
                Emit(VectorOpcodes.ShiftLeft, shifted, -1, Operand.Of(wide), HalfShift);
                Emit(VectorOpcodes.And, target, shifted, ConstantOf(HalfMask, VectorOpcodes.And));
                break;
            case DataType.BFloat16:
                Emit(VectorOpcodes.WidenWords, wide, -1, memory);
                Emit(VectorOpcodes.ShiftLeft, target, -1, Operand.Of(wide), BrainFloatShift);
                break;
            case DataType.Int8 or DataType.UInt8:
                Emit(load.Buffer.Element == DataType.Int8 ? VectorOpcodes.WidenSignedBytes : VectorOpcodes.WidenBytes, wide, -1, memory);
                Emit(VectorOpcodes.ToFloats, target, -1, Operand.Of(wide));
                break;
            default:
                Emit(VectorOpcodes.Load, target, -1, memory);
                break;
        }
    }

    // Halves are combined first, then quarters, and so on, as the interpreter does.
    private void ReduceInto(int target, Reduction reduction)
    {
        VectorOpcode combine = reduction.Operation == ReductionOperation.Add ? VectorOpcodes.Add : VectorOpcodes.Maximum;
        int sum = Evaluate(reduction.Operand);
        if (width == VectorWidth.Zmm)
        {
            sum = Combined(combine, VectorWidth.Ymm, sum, upper => Extract(VectorOpcodes.ExtractHalf, upper, sum, VectorWidth.Zmm));
        }

        if (width >= VectorWidth.Ymm)
        {
            int half = sum;
            sum = Combined(combine, VectorWidth.Xmm, half, upper => Extract(VectorOpcodes.ExtractQuarter, upper, half, VectorWidth.Ymm));
        }

        foreach (int order in (int[])[SwapHalves, SwapNeighbours])
        {
            int one = sum;
            sum = Combined(combine, VectorWidth.Xmm, one, other => Emit(VectorOpcodes.Permute, other, -1, Operand.Of(one), order, VectorWidth.Xmm));
        }

        Emit(VectorOpcodes.Broadcast, target, -1, Operand.Of(sum));
    }

    private int Combined(VectorOpcode combine, VectorWidth at, int lower, Action<int> makeUpper)
    {
        int upper = New(RegisterClass.Vector);
        int result = New(RegisterClass.Vector);
        makeUpper(upper);
        Emit(combine, result, lower, Operand.Of(upper), at: at);
        return result;
    }

    private void Extract(VectorOpcode opcode, int target, int source, VectorWidth from) => code.Add(new MachineInstruction(MachineOperation.Vector)
    {
        Opcode = opcode,
        Width = from,
        Destination = target,
        Source = source,
        Immediate = 1,
    });

    private void FirstInto(int target, FirstLanes first)
    {
        int all = (1 << program.Lanes) - 1;
        int rest = all & ~((1 << first.Count) - 1);
        int source = Evaluate(first.Operand);
        int bits = BitConverter.SingleToInt32Bits(first.Rest);
        if (!isEvex)
        {
            Emit(VectorOpcodes.BlendByConstant, target, source, ConstantOf(bits, VectorOpcodes.BlendByConstant), rest);
            return;
        }

        code.Add(new MachineInstruction(MachineOperation.Mask) { Immediate = rest });
        code.Add(new MachineInstruction(MachineOperation.Vector)
        {
            Opcode = VectorOpcodes.BlendByMask,
            Width = width,
            Destination = target,
            Source = source,
            Operand = ConstantOf(bits, VectorOpcodes.BlendByMask),
            IsMasked = true,
        });
    }

    private void ProductInto(int target, DotProduct product)
    {
        VectorInstructionChoice choice = ChoiceOfProduct();
        if (choice == VectorInstructionChoice.Pairs)
        {
            PairsInto(target, product);
            return;
        }

        VectorOpcode opcode = choice == VectorInstructionChoice.Evex ? VectorOpcodes.DotProductEvex : VectorOpcodes.DotProductVex;
        if (!Is(product.Addend, target))
        {
            if (Reads(product, target))
            {
                Move(target, Evaluate(product));
                return;
            }

            Into(target, product.Addend);
        }

        int source = Evaluate(product.Left);
        Accumulate(opcode, target, source, OperandOf(product.Right, opcode));
    }

    private void PairProductInto(int target, PairProduct product)
    {
        if (!Is(product.Addend, target))
        {
            if (Reads(product, target))
            {
                Move(target, Evaluate(product));
                return;
            }

            Into(target, product.Addend);
        }

        (Value left, Value right) = IsFree(product.Left) && !IsFree(product.Right) ? (product.Right, product.Left) : (product.Left, product.Right);
        int source = Evaluate(left);
        Accumulate(VectorOpcodes.PairProduct, target, source, OperandOf(right, VectorOpcodes.PairProduct));
    }

    // Products of 16 bits, even bytes and odd ones apart: exact, where multiplying bytes and adding neighbours at once would saturate.
    private void PairsInto(int target, DotProduct product)
    {
        int left = Evaluate(product.Left);
        int right = Evaluate(product.Right);
        int addend = Evaluate(product.Addend);
        int even = Pairs(
            Made(VectorOpcodes.And, left, ConstantOf(EvenBytes, VectorOpcodes.And)),
            Shifted(VectorOpcodes.ShiftPairsRightSigned, Shifted(VectorOpcodes.ShiftPairsLeft, right)));
        int odd = Pairs(Shifted(VectorOpcodes.ShiftPairsRight, left), Shifted(VectorOpcodes.ShiftPairsRightSigned, right));
        int sum = Made(VectorOpcodes.AddIntegers, even, Operand.Of(odd));
        Emit(VectorOpcodes.AddIntegers, target, addend, Operand.Of(sum));
    }

    private int Pairs(int left, int right) => Made(VectorOpcodes.MultiplyPairs, left, Operand.Of(right));

    private int Shifted(VectorOpcode opcode, int source)
    {
        const int bitsOfByte = 8;
        int result = New(RegisterClass.Vector);
        Emit(opcode, result, -1, Operand.Of(source), bitsOfByte);
        return result;
    }

    private int Made(VectorOpcode opcode, int source, Operand operand)
    {
        int result = New(RegisterClass.Vector);
        Emit(opcode, result, source, operand);
        return result;
    }
}
