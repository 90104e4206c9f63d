using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops;

/// <summary>Programs drawn at random: loops, branches, variables and arithmetic on what x (argument 0) holds, stored to y (argument 1).</summary>
internal static class RandomPrograms
{
    /// <summary>Elements that each argument must have for three work units.</summary>
    public const int Elements = 4096;

    private static readonly Buffer X = new("x", 0);
    private static readonly Buffer Y = new("y", 1);

    /// <summary>One program; the same for the same state of the generator.</summary>
    public static LoopProgram Make(Random random, int lanes)
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        var tile = new RegisterTile("t", 4);
        var scope = new List<LoopVariable> { unit };
        ImmutableArray<Statement> start = [.. Enumerable.Range(0, 4).Select(i => new Assign(tile, [i], new Constant(i)))];
        return new LoopProgram("random", lanes, [X, Y], begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, [.. start, .. Block(3)])]);

        ImmutableArray<Statement> Block(int depth)
        {
            var body = ImmutableArray.CreateBuilder<Statement>();
            int mark = scope.Count;
            for (int n = random.Next(1, 4); n > 0; n--)
            {
                switch (random.Next(depth > 0 ? 6 : 3))
                {
                    case 0:
                        body.Add(new Assign(tile, [random.Next(4)], SomeValue(2)));
                        break;
                    case 1:
                        body.Add(new Store(Y, SomeOffset(), SomeValue(2)));
                        break;
                    case 2:
                        var bound = new LoopVariable("l");
                        body.Add(new Let(bound, (IndexOperation)random.Next(4), SomeIndex(), random.Next(1, 5)));
                        scope.Add(bound);
                        break;
                    case 3:
                        body.Add(new When(SomeIndex(), (Comparison)random.Next(2), random.Next(4), Block(depth - 1), Block(depth - 1)));
                        break;
                    default:
                        var counter = new LoopVariable("i");
                        bool unroll = random.Next(2) == 0;
                        Index low = unroll || random.Next(2) == 0 ? random.Next(3) : SomeIndex();
                        scope.Add(counter);
                        ImmutableArray<Statement> inner = Block(depth - 1);
                        scope.Remove(counter);
                        body.Add(new Loop(counter, low, random.Next(1, 5), random.Next(1, 3), unroll ? LoopKind.Unrolled : LoopKind.Serial, inner));
                        break;
                }
            }

            scope.RemoveRange(mark, scope.Count - mark);
            return body.ToImmutable();
        }

        Index SomeIndex() => (Index)scope[random.Next(scope.Count)] + random.Next(3);

        Index SomeOffset()
        {
            Index offset = random.Next(20);
            for (int n = random.Next(3); n > 0; n--)
            {
                offset += (Index)scope[random.Next(scope.Count)] * random.Next(1, 7);
            }

            return offset;
        }

        Value SomeValue(int depth) => random.Next(depth > 0 ? 7 : 4) switch
        {
            0 => new Load(X, SomeOffset()),
            1 => new Broadcast(X, SomeOffset()),
            2 => new Constant(random.NextSingle()),
            3 => new Read(tile, [random.Next(4)]),
            4 => new Unary((UnaryOperation)random.Next(2), SomeValue(depth - 1)),
            5 => new Binary((BinaryOperation)(random.Next(5) is var b && b >= 3 ? b + 1 : b), SomeValue(depth - 1), SomeValue(depth - 1)),
            _ => new MultiplyAdd(SomeValue(depth - 1), SomeValue(depth - 1), SomeValue(depth - 1)),
        };
    }
}
